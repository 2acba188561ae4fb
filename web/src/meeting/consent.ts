// Whether a participant has agreed to be recorded: once for each meeting.

import { tab } from "../shared/storage";

const consentTo = (roomName: string) => `consent.${roomName}`;

export function hasConsented(roomName: string, meetingId: string): boolean {
  return tab.get(consentTo(roomName)) === meetingId;
}

export function keepConsent(roomName: string, meetingId: string): void {
  tab.put(consentTo(roomName), meetingId);
}
