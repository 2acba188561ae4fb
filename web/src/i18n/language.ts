/** The first of the browser's languages that we speak, and how dates and numbers are written in it. */
export const locale = navigator.languages.find((each) => /^(en|es)\b/i.test(each)) ?? "en";
export const language = locale.slice(0, 2).toLowerCase() as "en" | "es";

/** Return what says a page's words in the user's language, with {names} filled in. */
export function speaking<Word extends string>(words: Record<typeof language, Record<Word, string>>) {
  return (word: Word, values: Record<string, string | number> = {}): string =>
    words[language][word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
