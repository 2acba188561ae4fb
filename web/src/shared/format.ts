// Times, sizes and lengths, as the user's language writes them.

import { byLocale } from "./i18n";

const dates = (options: Intl.DateTimeFormatOptions) => byLocale((locale) => new Intl.DateTimeFormat(locale, options));
const moment = dates({ dateStyle: "medium", timeStyle: "short" });
const exactMoment = dates({ dateStyle: "medium", timeStyle: "medium" });
const day = dates({ dateStyle: "medium" });
const longMoment = dates({ dateStyle: "full", timeStyle: "short" });
const spans = byLocale((locale) => new Intl.ListFormat(locale, { type: "unit", style: "narrow" }));
const units = byLocale((locale) => (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, { style: "unit", ...options }));
const unit = (name: string, digits = 0) => units()({ unit: name, unitDisplay: "short", maximumFractionDigits: digits });

export const date = (time: number) => day().format(time);
export const when = (time: number) => moment().format(time);
export const exactly = (time: number) => exactMoment().format(time);
export const fully = (time: number) => longMoment().format(time);

const SECOND = 1000;
const PARTS = [
  ["day", 86_400 * SECOND],
  ["hour", 3_600 * SECOND],
  ["minute", 60 * SECOND],
  ["second", SECOND],
] as const;

/** A time span in its two largest units: "3 hr 20 min". */
export function span(milliseconds: number): string {
  const whole = Math.max(0, milliseconds);
  const first = PARTS.findIndex(([, size]) => whole >= size);
  if (first < 0) return unit("second").format(0);
  const shown = PARTS.slice(first, first + 2);
  let rest = whole;
  const counts = shown.map(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { name, count };
  });
  const said = counts.filter(({ count }, index) => index === 0 || count > 0);
  return spans().format(said.map(({ name, count }) => unit(name).format(count)));
}

/** A number of days: "7 days". */
export const days = (count: number) =>
  units()({ unit: "day", unitDisplay: "long" }).format(count);

/** A recording's length: "1:02:03". */
export function length(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

export function size(bytes: number): string {
  if (bytes < 1e6) return unit("kilobyte").format(bytes / 1e3);
  return bytes < 1e9 ? unit("megabyte", 1).format(bytes / 1e6) : unit("gigabyte", 2).format(bytes / 1e9);
}

/** A time as the value of a datetime-local field. */
export function toField(time: number): string {
  const local = time - new Date(time).getTimezoneOffset() * 60 * SECOND;
  return new Date(local).toISOString().slice(0, 16);
}
