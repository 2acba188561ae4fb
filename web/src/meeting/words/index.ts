import { translator } from "../../shared/i18n";
import { en, type Words } from "./en";
import { es } from "./es";

export type Word = keyof Words;
export const t = translator<Word>({ en, es });
