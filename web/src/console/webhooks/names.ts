// The names of events that a webhook can subscribe to.

import type { EventType } from "../../shared/types";
import { everyOf, SUBJECTS, TYPES } from "../events/types";
import { t, type Word } from "../words/events";

/** OpenVidu Meet's names. */
export const OPENVIDU_NAMES = [
  "meetingStarted", "meetingEnded", "participantJoined", "participantLeft",
  "recordingStarted", "recordingUpdated", "recordingEnded",
];

/** A name as users read it. OpenVidu Meet's names stay as they are. */
export function nameOf(name: string): string {
  const type = TYPES[name as EventType];
  if (type !== undefined) return t(type);
  const subject = SUBJECTS.find((each) => everyOf(each.name) === name);
  return subject ? everythingAbout(subject.word) : name;
}

export const everythingAbout = (subject: Word) => t("allAbout", { what: t(subject).toLowerCase() });

export const namesOf = (events: string[] | undefined) => (events ? events.map(nameOf).join(", ") : t("allTypes"));
