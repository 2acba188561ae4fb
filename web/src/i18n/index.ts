import { en, type Words } from "./en";
import { es } from "./es";

export type Word = keyof Words;

const languages: Record<string, Words> = { en, es };

/** The first of the browser's languages that we speak. */
export const language =
  navigator.languages.map((each) => each.slice(0, 2).toLowerCase()).find((each) => each in languages) ?? "en";

const words = languages[language] ?? en;

/** Say something in the user's language, with {names} filled in. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  return words[word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
