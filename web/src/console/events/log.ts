// Reads the log of events upwards, keeps the newest ones, and goes on from there.

import { useQuery } from "@tanstack/react-query";
import { reasonOf } from "../../shared/http";
import type { EventPage, MeetEvent } from "../../shared/types";
import { json } from "../api";
import { keys, POLL, queryClient } from "../queries";

export const MOST_KEPT = 1000;
const PAGE = 1000;

export interface Log {
  /** The newest ones, newest first. */
  events: MeetEvent[];
  /** How many were read, including those no longer kept here. */
  count: number;
  cursor: string | null;
  /** True once the end of the log was reached. */
  isWhole: boolean;
  /** True if events expired before they were read. */
  isRestarted: boolean;
}

const NOTHING: Log = { events: [], count: 0, cursor: null, isWhole: false, isRestarted: false };

export interface Filter {
  room: string;
  types: string;
}

/** Read a page of the log. Throws ApiError. */
export function readEvents(after: string | null, { room, types }: Filter, most = PAGE): Promise<EventPage> {
  const values = Object.entries({ after: after ?? "", roomName: room, types }).filter(([, value]) => value);
  return json<EventPage>("GET", `/events?${new URLSearchParams([...values, ["maxItems", String(most)]])}`);
}

function extended(log: Log, { events, cursor }: EventPage): Log {
  const newest = events.length ? [...events.toReversed(), ...log.events].slice(0, MOST_KEPT) : log.events;
  return { ...log, events: newest, count: log.count + events.length, cursor };
}

/** Read on to the end. What was read so far is shown meanwhile. */
async function readOn(filter: Filter, signal: AbortSignal): Promise<Log> {
  const queryKey = keys.log(filter.room, filter.types);
  let log = queryClient.getQueryData<Log>(queryKey) ?? NOTHING;
  while (!signal.aborted) {
    let page: EventPage;
    try {
      page = await readEvents(log.cursor, filter);
    } catch (error) {
      if (log.cursor === null || reasonOf(error) !== "events_not_kept") throw error;
      log = { ...NOTHING, isRestarted: true };
      continue;
    }
    const isEnd = page.cursor === log.cursor || (log.isWhole && page.events.length < PAGE);
    log = extended(log, page);
    if (isEnd) return { ...log, isWhole: true };
    if (!log.isWhole) queryClient.setQueryData(queryKey, log);
  }
  return log;
}

/** The log, followed while the page is visible. */
export function useLog(filter: Filter) {
  return useQuery({
    queryKey: keys.log(filter.room, filter.types),
    queryFn: ({ signal }) => readOn(filter, signal),
    refetchInterval: POLL, // not while the page is hidden
    refetchOnWindowFocus: "always",
  });
}
