// The words of the pages about events: loaded with them, and not at the first load.

import { translator } from "../../../shared/i18n";
import { en as common } from "../en";
import { es as comunes } from "../es";
import { en, type EventWords } from "./en";
import { es } from "./es";
import type { Words } from "../en";

export type Word = keyof Words | keyof EventWords;
export const t = translator<Word>({ en: { ...common, ...en }, es: { ...comunes, ...es } });
