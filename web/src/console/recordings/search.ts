// What the API does not select recordings by: the beginning of the room's name, and the day.

import type { Recording } from "../../shared/types";
import type { RecordingFilter } from "../route";

/** The start of a day in the user's time zone; null if there is none. */
function startOf(day: string, later = 0): number | null {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return null;
  return new Date(year, month - 1, date + later).getTime();
}

export type Searched = Pick<RecordingFilter, "prefix" | "from" | "until">;

export const isSearched = ({ prefix, from, until }: Searched) => prefix !== "" || from !== "" || until !== "";

/** The recordings that match. One that never started has no day. */
export function searched(recordings: Recording[], { prefix, from, until }: Searched): Recording[] {
  const first = startOf(from);
  const end = startOf(until, 1);
  const beginning = prefix.trim().toLowerCase();
  return recordings.filter(({ roomName, startedAt }) => {
    if (!roomName.toLowerCase().startsWith(beginning)) return false;
    if (first !== null && (startedAt === undefined || startedAt < first)) return false;
    return end === null || (startedAt !== undefined && startedAt < end);
  });
}

/** True if what follows in the list, newest first, is older than the first day. */
export function isPast(recordings: Recording[], { from }: Searched): boolean {
  const first = startOf(from);
  const last = recordings.findLast(({ startedAt }) => startedAt !== undefined)?.startedAt;
  return first !== null && last !== undefined && last < first - DAY;
}

const DAY = 86_400_000; // a recording starts a moment after it is listed
