import type { Translation } from "../../shared/i18n";

export const en = {
  recording: "Recording",
  recordingOf: "Recording of {room}",
  length: "Length {length}",
  download: "Download",
  downloadOf: "Download ({size})",
  until: "This link works until {time}.",
  unplayable: "This browser cannot play the recording.",
  tryAgain: "Try again",
  goneTitle: "There is nothing to watch here",
  gone: "The link or its recording was deleted, or the address is not complete. Ask for a new link.",
  expiredTitle: "This link has expired",
  expired: "Ask for a new one if you still want to watch the recording.",
  usedUpTitle: "This link has been used up",
  usedUp: "It allowed only so many views. Ask for a new one if you want to watch the recording.",
  busyTitle: "The recording cannot be shown right now",
  busy: "Try again in a moment.",
  language: "Language",
  languageFailed: "The language could not be loaded. Check your connection, and try again.",
};

export type Words = Translation<typeof en>;
