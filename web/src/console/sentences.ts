// Error messages in the user's language.

import { reasonOf, type AnyReason } from "../shared/http";
import { t, type Word } from "./words";

const words: Partial<Record<AnyReason, Word>> = {
  already_recording: "alreadyRecording",
  events_not_kept: "eventsGone",
  invalid_request: "checkFields",
  media_server_unavailable: "mediaServerDown",
  nobody_publishing: "nobodyPublishing",
  overlap_running: "overlapRunning",
  password_too_short: "passwordTooShort",
  recording_disabled: "recordingOff",
  recording_finished: "alreadyFinished",
  recording_not_finished: "notFinished",
  recording_not_found: "recordingGone",
  recording_not_ready: "notReady",
  room_not_found: "roomGone",
  too_many_requests: "tooMany",
  too_many_webhooks: "tooManyWebhooks",
  unreachable: "offline",
  webhook_not_found: "webhookGone",
  wrong_credentials: "wrongPassword",
};

/** The message for an error. */
export const sentence = (error: unknown): string => t(words[reasonOf(error)] ?? "failed");
