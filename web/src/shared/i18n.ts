/** The first of the browser's languages that the pages support, with its region, for dates and numbers. */
export const locale = navigator.languages.find((each) => /^(en|es)\b/i.test(each)) ?? "en";
export const language = locale.slice(0, 2).toLowerCase() as "en" | "es";

/** Return a page's translate function: it looks up a text in the user's language and fills in its {names}. */
export function translator<Word extends string>(words: Record<typeof language, Record<Word, string>>) {
  return (word: Word, values: Record<string, string | number> = {}): string =>
    words[language][word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
