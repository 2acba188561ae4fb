import { createRoot } from "react-dom/client";
import { App } from "./App";
import { readLink } from "./link";
import { InLanguage } from "../shared/ui/InLanguage";
import { load } from "./words";

// Another link to the same recording differs only behind the #, which loads nothing by itself.
addEventListener("hashchange", () => location.reload());

const link = readLink();
await load();
createRoot(document.getElementById("root")!).render(<InLanguage page={() => <App link={link} />} />);
