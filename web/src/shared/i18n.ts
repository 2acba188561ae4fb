// The language that a page is shown in, and how it writes numbers and lists.

import { browser } from "./storage";

/** Each language by the name that its speakers give it. */
export const LANGUAGES = { de: "Deutsch", en: "English", es: "Español", fr: "Français" };
export type Language = keyof typeof LANGUAGES;

type Loaded = Exclude<Language, "en">;
type Forms = { one: string; other: string };
type Texts = Record<string, string | Forms>;

/** What a language must have: each text of the English ones, with plural forms where they have them. */
export type Translation<English> = { [Word in keyof English]: English[Word] extends string ? string : Forms };

const CHOICE = "language"; // of all pages

const shown = { language: "en" as Language, locale: "en" };
const onChange = new Set<() => void>();

export const language = () => shown.language;

/** Hear of it when the page is shown in another language. */
export function watchLanguage(listener: () => void): () => void {
  onChange.add(listener);
  return () => onChange.delete(listener);
}

/** The language that was chosen in a page; undefined if the browser's counts. */
export function chosenLanguage(): Language | undefined {
  const kept = browser.get(CHOICE) ?? "";
  return Object.hasOwn(LANGUAGES, kept) ? (kept as Language) : undefined;
}

/** The first of the browser's languages that the pages have. */
function browsersLanguage(): Language {
  for (const each of navigator.languages) {
    const [name = ""] = each.toLowerCase().split("-");
    if (Object.hasOwn(LANGUAGES, name)) return name as Language;
  }
  return "en";
}

/** The language in the region that the browser has for it; some systems name one that no browser knows. */
function localeOf(wanted: Language): string {
  const named = navigator.languages.filter((each) => each.toLowerCase().split("-")[0] === wanted);
  try {
    return Intl.NumberFormat.supportedLocalesOf(named).at(0) ?? wanted;
  } catch {
    return wanted;
  }
}

/** Something that depends on the language and its region, such as a format: made again when they change. */
export function byLocale<Made>(make: (locale: string) => Made): () => Made {
  let made: { locale: string; it: Made } | undefined;
  return () => {
    if (made?.locale !== shown.locale) made = { locale: shown.locale, it: make(shown.locale) };
    return made.it;
  };
}

const numbers = byLocale((locale) => new Intl.NumberFormat(locale));
const plurals = byLocale((locale) => new Intl.PluralRules(locale));
const lists = byLocale((locale) => new Intl.ListFormat(locale, { type: "unit", style: "short" }));

export const number = (value: number) => numbers().format(value);

/** Things one after the other, as the language writes a list without "and". */
export const list = (parts: readonly string[]) => lists().format(parts);

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A value that does not turn the direction of the sentence around it. */
function isolated(value: string): string {
  return RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
}

/**
 * Return a page's translate function, the one that loads the user's language before it is used, and the one
 * that changes it. English is part of the page. Each other language is a file that is loaded only by those who read it.
 */
export function dictionary<English extends Texts>(english: English, others: Record<Loaded, () => Promise<Translation<English>>>) {
  let texts: Texts = english;
  let last: Language | undefined; // the one that was asked for last, and may not be there yet

  /** False if another one was asked for in the meantime. */
  const show = async (wanted: Language): Promise<boolean> => {
    last = wanted;
    const found: Texts = wanted === "en" ? english : await others[wanted]();
    if (last !== wanted) return false;
    texts = found;
    Object.assign(shown, { language: wanted, locale: localeOf(wanted) });
    document.documentElement.lang = wanted;
    for (const listener of onChange) listener();
    return true;
  };

  const load = async (): Promise<void> => {
    try {
      await show(chosenLanguage() ?? browsersLanguage());
    } catch (error) {
      console.error(error);
      await show("en"); // better than no page
    }
  };

  /** Show the page in another language, without loading it again, and keep that for all pages. */
  const choose = async (wanted: Language): Promise<void> => {
    if (await show(wanted)) browser.put(CHOICE, wanted);
  };

  /** Look up a text, choose its plural form by `count`, and fill in its {names}. */
  const t = (word: keyof English & string, values: Record<string, string | number> = {}): string => {
    const found = texts[word]!;
    const text = typeof found === "string" ? found : found[plurals().select(Number(values.count)) === "one" ? "one" : "other"];
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name] ?? whole;
      return typeof value === "number" ? number(value) : isolated(value);
    });
  };

  return { t, load, choose };
}
