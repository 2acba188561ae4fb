// The names of events that a webhook can subscribe to.

import { list } from "../../shared/i18n";
import type { EventType } from "../../shared/types";
import { everyOf, SUBJECTS, TYPES } from "../events/types";
import { t } from "../words";

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
  return subject ? t(subject.every) : name;
}

export const namesOf = (events: string[] | undefined) => (events ? list(events.map(nameOf)) : t("allTypes"));
