import { createRoot } from "react-dom/client";
import { language } from "../i18n/language";
import { App } from "./App";

document.documentElement.lang = language;
createRoot(document.getElementById("root")!).render(<App />);
