// What is wrong with the fields of a new room. The API names the fields; the rules are in its document.

import type { RoomOptions } from "../../shared/types";
import { ApiError } from "../../shared/http";
import { t } from "../words";

const LONGEST_PREFIX = 50;
const MOST_YEARS = 10;
const YEAR = 365 * 86_400_000;
const MOST_PEOPLE = 10_000;

type Field = "roomNamePrefix" | "expirationDate" | "maxParticipants";
export type Mistakes = Partial<Record<Field, string>>;

const rules: Record<Field, (options: RoomOptions) => string> = {
  roomNamePrefix: () => t("fieldLong", { count: LONGEST_PREFIX }),
  expirationDate: ({ expirationDate: time }) => {
    if (Number.isNaN(time)) return t("fieldRequired");
    const isFar = time > Date.now() + YEAR; // the two clocks may differ, but not by a year
    return isFar ? t("fieldYears", { count: MOST_YEARS }) : t("fieldFuture");
  },
  maxParticipants: ({ maxParticipants: count }) => {
    if (!Number.isInteger(count)) return t("fieldNumber");
    return Number(count) < 1 ? t("fieldLeast", { count: 1 }) : t("fieldMost", { count: MOST_PEOPLE });
  },
};

/** A message for each field that the API found wrong; empty if the error is about something else. */
export function mistakesOf(error: unknown, options: RoomOptions): Mistakes {
  const fields = error instanceof ApiError ? error.fields : [];
  const known = Object.entries(rules).filter(([field]) => fields.includes(field));
  return Object.fromEntries(known.map(([field, rule]) => [field, rule(options)]));
}
