import { createRoot } from "react-dom/client";
import { language } from "../shared/i18n";
import { App } from "./App";

document.documentElement.lang = language;
createRoot(document.getElementById("root")!).render(<App />);
