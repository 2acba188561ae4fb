import type { Preferences } from "../../shared/types";
import type { Word } from "../words";

/** The preferences of a room, with their labels. */
export const PREFERENCES: { name: keyof Preferences; label: Word; text: Word }[] = [
  { name: "chatPreferences", label: "chat", text: "chatText" },
  { name: "recordingPreferences", label: "recording", text: "recordingText" },
  { name: "virtualBackgroundPreferences", label: "background", text: "backgroundText" },
];

export const EVERYTHING: Preferences = {
  chatPreferences: { enabled: true },
  // null: as the stack is set up.
  recordingPreferences: { enabled: true, layout: null, encoding: null, audioOnly: null, retentionDays: null, autoStart: null },
  virtualBackgroundPreferences: { enabled: true },
};
