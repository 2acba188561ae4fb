import type { EventType } from "../../shared/types";
import type { Word } from "../words";

/** Every type of event, with its words. */
export const TYPES: Record<EventType, Word> = {
  "room.created": "roomCreated",
  "room.updated": "roomUpdated",
  "room.expired": "roomExpired",
  "room.deleted": "roomDeleted",
  "meeting.started": "meetingStarted",
  "meeting.ended": "meetingEnded",
  "participant.joined": "participantJoined",
  "participant.left": "participantLeft",
  "participant.updated": "participantUpdated",
  "lobby.waiting": "lobbyWaiting",
  "lobby.admitted": "lobbyAdmitted",
  "lobby.denied": "lobbyDenied",
  "recording.started": "recordingStarted",
  "recording.updated": "recordingUpdated",
  "recording.ready": "recordingReady",
  "recording.failed": "recordingFailed",
  "recording.deleted": "recordingDeleted",
  "recording.restored": "recordingRestored",
  "recording.held": "recordingHeld",
  "recording.released": "recordingReleased",
};

/** What events are about: the first part of their type. */
export const SUBJECTS: { name: string; word: Word; every: Word }[] = [
  { name: "room", word: "aboutRooms", every: "allAboutRooms" },
  { name: "meeting", word: "aboutMeetings", every: "allAboutMeetings" },
  { name: "participant", word: "aboutParticipants", every: "allAboutParticipants" },
  { name: "lobby", word: "aboutLobby", every: "allAboutLobby" },
  { name: "recording", word: "aboutRecordings", every: "allAboutRecordings" },
];

export const everyOf = (subject: string) => `${subject}.*`;
export const typesOf = (subject: string) =>
  (Object.keys(TYPES) as EventType[]).filter((type) => type.startsWith(`${subject}.`));
