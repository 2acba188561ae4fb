/** The first of the browser's languages that the pages support, with its region, for dates and numbers. */
export const locale = navigator.languages.find((each) => /^(en|es)\b/i.test(each)) ?? "en";
export const language = locale.slice(0, 2).toLowerCase() as "en" | "es";

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A value that does not turn the direction of the sentence around it. */
function isolated(value: string): string {
  return RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
}

/** Return a page's translate function: it looks up a text in the user's language and fills in its {names}. */
export function translator<Word extends string>(words: Record<typeof language, Record<Word, string>>) {
  return (word: Word, values: Record<string, string | number> = {}): string =>
    words[language][word].replace(/\{(\w+)\}/g, (whole, name: string) => isolated(String(values[name] ?? whole)));
}
