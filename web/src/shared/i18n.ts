const SUPPORTED = /^(en|es|de|fr)\b/i;

/** The first of the browser's languages that the pages support, with its region, for dates and numbers. */
export const locale = navigator.languages.find((each) => SUPPORTED.test(each)) ?? "en";
const language = locale.slice(0, 2).toLowerCase() as "en" | Loaded;

const numbers = new Intl.NumberFormat(locale);
const plurals = new Intl.PluralRules(locale);
const lists = new Intl.ListFormat(locale, { type: "unit", style: "short" });

export const number = (value: number) => numbers.format(value);

/** Things one after the other, as the language writes a list without "and". */
export const list = (parts: readonly string[]) => lists.format(parts);

type Loaded = "es" | "de" | "fr";
type Forms = { one: string; other: string };
type Texts = Record<string, string | Forms>;

/** What a language must have: each text of the English ones, with plural forms where they have them. */
export type Translation<English> = { [Word in keyof English]: English[Word] extends string ? string : Forms };

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A value that does not turn the direction of the sentence around it. */
function isolated(value: string): string {
  return RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
}

/**
 * Return a page's translate function, and the one that loads the user's language before it is used.
 * English is part of the page. Each other language is a file that is loaded only by those who read it.
 */
export function dictionary<English extends Texts>(english: English, others: Record<Loaded, () => Promise<Translation<English>>>) {
  let texts: Texts = english;

  const load = async (): Promise<void> => {
    if (language !== "en") {
      try {
        texts = await others[language]();
      } catch (error) {
        console.error(error); // a page in English is better than none
        return;
      }
    }
    document.documentElement.lang = language;
  };

  /** Look up a text, choose its plural form by `count`, and fill in its {names}. */
  const t = (word: keyof English & string, values: Record<string, string | number> = {}): string => {
    const found = texts[word]!;
    const text = typeof found === "string" ? found : found[plurals.select(Number(values.count)) === "one" ? "one" : "other"];
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name] ?? whole;
      return typeof value === "number" ? number(value) : isolated(value);
    });
  };

  return { t, load };
}
