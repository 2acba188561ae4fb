import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Failed } from "./Failed";
import { takeLink } from "./link";
import { Boundary } from "../shared/ui/Boundary";
import { InLanguage } from "../shared/ui/InLanguage";
import { load } from "./words";

const link = takeLink();
document.documentElement.classList.toggle("embedded", link.embedded);
await load();
createRoot(document.getElementById("root")!).render(
  <InLanguage page={() => <Boundary fallback={() => <Failed />}><App link={link} /></Boundary>} />,
);
