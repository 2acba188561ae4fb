// What went wrong, as a sentence in the user's language.

import { Refused } from "./http";
import { t, type Word } from "./words";

const reasons: Record<string, Word> = {
  "Room not found": "roomGone",
  "Recording not found": "recordingGone",
  "Recording is disabled in this room": "recordingOff",
  "The room is already being recorded": "alreadyRecording",
  "Nobody is publishing in the room": "nobodyPublishing",
  "The recording is already finished": "alreadyFinished",
  "The recording is not finished": "notFinished",
  "The recording is not ready": "notReady",
  "The media server is not available": "mediaServerDown",
  "Wrong name or password": "wrongPassword",
  "The console's password is too short: store a longer one": "passwordTooShort",
  "It was stopped before anything was recorded.": "failedEmpty",
  "The recorder failed.": "failedRecorder",
  "LiveKit did not start the recording.": "failedStart",
  "The recorder stopped answering.": "failedSilent",
  "The recorder ended, but its file is not in the bucket.": "failedNoFile",
  "LiveKit does not know the recording any more, and its file is not in the bucket.": "failedNoFile",
  "LiveKit could not be reached to end the recording.": "failedUnreachable",
  Required: "fieldRequired",
  "Must be in the future": "fieldFuture",
};

const patterns: [RegExp, Word][] = [
  [/^Must be at most (\d+) years ahead$/, "fieldYears"],
  [/^Must be at most (\d+) characters$/, "fieldLong"],
  [/^Must be at least (\d+)$/, "fieldLeast"],
  [/^Must be at most (\d+)$/, "fieldMost"],
  [/, received null$/, "fieldRequired"],
  [/^Expected (?:number|integer), received/, "fieldNumber"],
];

/** Translate a sentence of the API; one that is new to us stays as it is. */
export function translated(reason: string): string {
  const known = reasons[reason];
  if (known) return t(known);
  for (const [pattern, word] of patterns) {
    const match = pattern.exec(reason);
    if (match) return t(word, { count: match[1] ?? "" });
  }
  return reason;
}

/** Say why something did not work. */
export function sentence(error: unknown): string {
  if (!(error instanceof Refused)) return t("failed");
  if (error.status === 0) return t("offline");
  if (error.status === 429) return t("tooMany");
  if (error.reason in reasons) return translated(error.reason);
  return error.status === 422 ? t("checkFields") : t("failed");
}

/** Say what is wrong with a field, if the error tells. */
export function mistakeIn(error: unknown, field: string): string | undefined {
  if (!(error instanceof Refused)) return undefined;
  const detail = error.details.find((each) => each.field === field);
  return detail && translated(detail.message);
}
