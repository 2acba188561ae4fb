import { createRoot } from "react-dom/client";
import { App } from "./App";
import { InLanguage } from "../shared/ui/InLanguage";
import { load } from "./words";

await load();
createRoot(document.getElementById("root")!).render(<InLanguage page={() => <App />} />);
