// Times as the browser's region writes them, whichever language the page speaks.

/** The browser's own locale; some systems name one that no browser knows. */
function regional(): string | undefined {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(navigator.language).at(0);
  } catch {
    return undefined;
  }
}

const region = regional();

export const timeOfDay = new Intl.DateTimeFormat(region, { timeStyle: "short" });
