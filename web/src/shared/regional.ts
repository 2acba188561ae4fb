// Times of day as the browser's region writes them, whichever of the browser's languages the page has. Once a
// language was chosen in the page, as that language does.

import { byLocale, chosenLanguage } from "./i18n";

/** The browser's own locale; some systems name one that no browser knows. */
function regional(): string | undefined {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(navigator.language).at(0);
  } catch {
    return undefined;
  }
}

const ofRegion = new Intl.DateTimeFormat(regional(), { timeStyle: "short" });
const ofLanguage = byLocale((locale) => new Intl.DateTimeFormat(locale, { timeStyle: "short" }));

export const timeOfDay = (time: number) => (chosenLanguage() ? ofLanguage() : ofRegion).format(time);
