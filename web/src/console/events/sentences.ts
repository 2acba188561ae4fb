// Events in plain words.

import { list } from "../../shared/i18n";
import type { MeetEvent } from "../../shared/types";
import { length, size, span } from "../../shared/format";
import { t, type Word } from "../words";

const REASONS: Record<string, Word> = {
  left: "whyLeft",
  removed: "whyRemoved",
  duplicate: "whyDuplicate",
  connectionLost: "whyConnectionLost",
  serverShutdown: "whyServerShutdown",
  meetingEnded: "whyMeetingEnded",
  empty: "whyEmpty",
  ended: "whyEnded",
  roomDeleted: "whyRoomDeleted",
  roomExpired: "whyRoomExpired",
  maxDuration: "whyMaxDuration",
  retention: "whyRetention",
};

const PROPERTIES: Record<string, Word> = {
  "preferences.chatPreferences.enabled": "chat",
  "preferences.recordingPreferences.enabled": "recording",
  "preferences.virtualBackgroundPreferences.enabled": "background",
  maxParticipants: "maxParticipants",
  expirationDate: "expirationDate",
  startsAt: "startsAtChanged",
  maxDurationMinutes: "longestChanged",
  metadata: "metadataChanged",
  status: "statusChanged",
  "links.moderator.enabled": "linksChanged",
  "links.publisher.enabled": "linksChanged",
  "links.viewer.enabled": "linksChanged",
  moderatorURL: "linksChanged",
  publisherURL: "linksChanged",
  viewerURL: "linksChanged",
  "lobby.enabled": "lobbyChanged",
  "lobby.roles": "lobbyChanged",
  "lobby.openWithoutModerator": "lobbyChanged",
};

const ROLES: Record<string, Word> = { moderator: "moderator", publisher: "publisher", viewer: "viewer" };

const text = (value: unknown) => (typeof value === "string" ? value : "");
const word = (words: Record<string, Word>, value: unknown) => {
  const found = words[text(value)];
  return found === undefined ? "" : t(found);
};

/** The details worth a second line; empty if there are none. */
export function noteOf({ type, data }: MeetEvent): string {
  const { duration } = data;
  const seconds = typeof duration === "number" ? duration : null;
  const said: string[] = [];
  switch (type) {
    case "room.updated": {
      const changed = Array.isArray(data.changed) ? data.changed.map((each) => word(PROPERTIES, each) || text(each)) : [];
      return changed.length ? t("changedWhat", { what: list([...new Set(changed)]) }) : "";
    }
    case "meeting.ended": {
      const count = data.participants;
      if (seconds !== null) said.push(span(seconds * 1000));
      if (typeof count === "number") said.push(t("peopleCount", { count }));
      said.push(word(REASONS, data.reason));
      break;
    }
    case "participant.joined":
    case "participant.updated":
      said.push(text(data.participantName), word(ROLES, data.role));
      break;
    case "participant.left":
      said.push(text(data.participantName), word(REASONS, data.reason));
      if (seconds !== null) said.push(span(seconds * 1000));
      break;
    case "recording.ready":
      if (seconds !== null) said.push(length(seconds));
      if (typeof data.size === "number") said.push(size(data.size));
      break;
    case "recording.deleted":
      if (data.reason === "retention") said.push(word(REASONS, data.reason));
      break;
  }
  return said.filter(Boolean).join(" · ");
}
