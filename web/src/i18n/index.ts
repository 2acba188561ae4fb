import { en, type Words } from "./en";
import { es } from "./es";
import { speaking } from "./language";

export { language } from "./language";
export type Word = keyof Words;
export const t = speaking<Word>({ en, es });
