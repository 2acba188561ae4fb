// What is wrong with the fields of a room. The API names the fields; the rules are in its document.

import type { RoomChanges, RoomOptions } from "../../shared/types";
import { ApiError } from "../../shared/http";
import { t } from "../words";

const LONGEST_PREFIX = 50;
const MOST_YEARS = 10;
const YEAR = 365 * 86_400_000;
const MOST_PEOPLE = 10_000;
const MOST_MINUTES = 1440;
const MOST_DAYS = 3650;

type Field = "roomNamePrefix" | "expirationDate" | "maxParticipants" | "startsAt" | "maxDurationMinutes" | "metadata" | "preferences";
export type Mistakes = Partial<Record<Field, string>>;

type Options = RoomOptions | RoomChanges;

const rules: Record<Field, (options: Options) => string> = {
  roomNamePrefix: () => t("fieldLong", { count: LONGEST_PREFIX }),
  expirationDate: ({ expirationDate: time }) => {
    if (time === null || time === undefined || Number.isNaN(time)) return t("fieldRequired");
    const isFar = time > Date.now() + YEAR; // the two clocks may differ, but not by a year
    return isFar ? t("fieldYears", { count: MOST_YEARS }) : t("fieldFuture");
  },
  maxParticipants: ({ maxParticipants: count }) => countMistake(count, MOST_PEOPLE),
  startsAt: () => t("fieldTime"),
  maxDurationMinutes: ({ maxDurationMinutes: count }) => countMistake(count, MOST_MINUTES),
  preferences: ({ preferences }) => countMistake(preferences?.recordingPreferences?.retentionDays, MOST_DAYS),
  metadata: () => t("notesMistake"),
};

function countMistake(count: number | null | undefined, most: number): string {
  if (!Number.isInteger(count)) return t("fieldNumber");
  return Number(count) < 1 ? t("fieldLeast", { count: 1 }) : t("fieldMost", { count: most });
}

/** A message for each field that the API found wrong; empty if the error is about something else. */
export function mistakesOf(error: unknown, options: Options): Mistakes {
  const fields = error instanceof ApiError ? error.fields.map((field) => field.split(".")[0] ?? "") : [];
  const known = Object.entries(rules).filter(([field]) => fields.includes(field));
  return Object.fromEntries(known.map(([field, rule]) => [field, rule(options)]));
}
