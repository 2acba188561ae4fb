import { speaking } from "../../i18n/language";
import { en, type Words } from "./en";
import { es } from "./es";

export type Word = keyof Words;
export const t = speaking<Word>({ en, es });
