// Why somebody is not, or no longer, in the meeting, in two sentences each.

import type { Word } from "../i18n";
import { Refused } from "./api";

export type Ending =
  | "link" | "room" | "full" | "browser" | "server" | "offline" | "lost"
  | "left" | "removed" | "over" | "elsewhere";

interface Telling {
  title: Word;
  text: Word;
  again: Word | null;
}

export const tellings: Record<Ending, Telling> = {
  link: { title: "problemLink", text: "problemLinkText", again: null },
  room: { title: "problemRoom", text: "problemRoomText", again: null },
  full: { title: "problemFull", text: "problemFullText", again: "tryAgain" },
  browser: { title: "problemBrowser", text: "problemBrowserText", again: null },
  server: { title: "problemServer", text: "problemServerText", again: "tryAgain" },
  offline: { title: "problemOffline", text: "problemOfflineText", again: "tryAgain" },
  lost: { title: "problemLost", text: "problemLostText", again: "joinAgain" },
  left: { title: "endedLeft", text: "endedLeftText", again: "joinAgain" },
  removed: { title: "endedRemoved", text: "endedRemovedText", again: null },
  over: { title: "endedRoom", text: "endedRoomText", again: null },
  elsewhere: { title: "endedElsewhere", text: "endedElsewhereText", again: "joinAgain" },
};

const byStatus: Record<number, Ending> = { 403: "link", 404: "room", 409: "full", 422: "link", 0: "offline" };

/** What a failed request for a token means to the person. */
export function endingOf(error: unknown): Ending {
  return error instanceof Refused ? (byStatus[error.status] ?? "server") : "server";
}
