import { createRoot } from "react-dom/client";
import { App } from "./App";
import { takeLink } from "./link";
import { InLanguage } from "../shared/ui/InLanguage";
import { load } from "./words";

const link = takeLink();
document.documentElement.classList.toggle("embedded", link.embedded);
await load();
createRoot(document.getElementById("root")!).render(<InLanguage page={() => <App link={link} />} />);
