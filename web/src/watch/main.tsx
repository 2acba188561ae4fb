import { createRoot } from "react-dom/client";
import { App } from "./App";
import { readLink } from "./link";
import { load } from "./words";

await load();
createRoot(document.getElementById("root")!).render(<App link={readLink()} />);
