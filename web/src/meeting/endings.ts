// Why a participant is not, or no longer, in the meeting: the title and text of the end page.

import { t, type Word } from "./words";
import { byLocale } from "../shared/i18n";
import { ApiError, isNotFound, reasonOf, type AnyReason } from "../shared/http";

export type Ending =
  | "link" | "room" | "full" | "browser" | "webrtc" | "server" | "offline" | "lost"
  | "disabled" | "closed" | "early" | "banned" | "inviteExpired" | "inviteUsed" | "inviteInvalid" | "already"
  | "denied" | "waitOver"
  | "left" | "removed" | "over" | "ended" | "tooLong" | "elsewhere";

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
  webrtc: { title: "problemWebrtc", text: "problemWebrtcText", again: null },
  server: { title: "problemServer", text: "problemServerText", again: "tryAgain" },
  offline: { title: "problemOffline", text: "problemOfflineText", again: "tryAgain" },
  lost: { title: "problemLost", text: "problemLostText", again: "joinAgain" },
  disabled: { title: "problemDisabled", text: "problemDisabledText", again: "tryAgain" },
  closed: { title: "problemClosed", text: "problemClosedText", again: "tryAgain" },
  early: { title: "problemEarly", text: "problemEarlyText", again: "tryAgain" },
  banned: { title: "problemBanned", text: "problemBannedText", again: null },
  inviteExpired: { title: "problemInviteExpired", text: "problemInviteText", again: null },
  inviteUsed: { title: "problemInviteUsed", text: "problemInviteText", again: null },
  inviteInvalid: { title: "problemInviteInvalid", text: "problemInviteText", again: null },
  already: { title: "problemAlready", text: "problemAlreadyText", again: "joinHere" },
  denied: { title: "problemDenied", text: "problemDeniedText", again: null },
  waitOver: { title: "problemWaitOver", text: "problemWaitOverText", again: "tryAgain" },
  left: { title: "endedLeft", text: "endedLeftText", again: "joinAgain" },
  removed: { title: "endedRemoved", text: "endedRemovedText", again: null },
  over: { title: "endedRoom", text: "endedRoomText", again: null },
  ended: { title: "endedRoom", text: "endedByModerator", again: null },
  tooLong: { title: "endedRoom", text: "endedTooLong", again: null },
  elsewhere: { title: "endedElsewhere", text: "endedElsewhereText", again: "joinAgain" },
};

const byReason: Partial<Record<AnyReason, Ending>> = {
  invalid_request: "link",
  invalid_secret: "link",
  room_full: "full",
  unreachable: "offline",
  link_disabled: "disabled",
  room_closed: "closed",
  not_started: "early",
  banned: "banned",
  invalid_invitation: "inviteInvalid",
  invitation_expired: "inviteExpired",
  invitation_used_up: "inviteUsed",
  in_meeting_already: "already",
  not_admitted: "denied",
  ticket_gone: "waitOver",
};

/** The end page for a failed request for a token. */
export function endingOf(error: unknown): Ending {
  return byReason[reasonOf(error)] ?? (isNotFound(error) ? "room" : "server");
}

/** True if the same request may succeed in a moment. */
export function mayPass(error: unknown): boolean {
  return ["offline", "server"].includes(endingOf(error));
}

const starts = byLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }));

/** The text of an end page, with the time for which the meeting is planned if that is the reason. */
export function textOf(ending: Ending, startsAt?: number): string {
  return t(tellings[ending].text, startsAt === undefined ? {} : { time: starts().format(startsAt) });
}

/** When the meeting starts; undefined if that is not the reason. */
export function startOf(error: unknown): number | undefined {
  return error instanceof ApiError ? error.startsAt : undefined;
}
