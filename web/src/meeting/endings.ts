// Why a participant is not, or no longer, in the meeting: the title and text of the end page.

import type { Word } from "./words";
import { isNotFound, reasonOf, type AnyReason } from "../shared/http";

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

const byReason: Partial<Record<AnyReason, Ending>> = {
  invalid_request: "link",
  invalid_secret: "link",
  room_full: "full",
  unreachable: "offline",
};

/** The end page for a failed request for a token. */
export function endingOf(error: unknown): Ending {
  return isNotFound(error) ? "room" : (byReason[reasonOf(error)] ?? "server");
}
