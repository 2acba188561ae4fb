import { createRoot } from "react-dom/client";
import { App } from "./App";
import { readLink } from "./link";
import { load } from "./words";

// Another link to the same recording differs only behind the #, which loads nothing by itself.
addEventListener("hashchange", () => location.reload());

await load();
createRoot(document.getElementById("root")!).render(<App link={readLink()} />);
