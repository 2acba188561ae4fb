import { createRoot } from "react-dom/client";
import { language } from "../shared/i18n";
import { App } from "./App";
import { takeLink } from "./link";

const link = takeLink();
document.documentElement.lang = language;
document.documentElement.classList.toggle("embedded", link.embedded);
createRoot(document.getElementById("root")!).render(<App link={link} />);
