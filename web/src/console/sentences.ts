// Error messages in the user's language.

import { reasonOf, type AnyReason } from "../shared/http";
import { t, type Word } from "./words";

const words: Partial<Record<AnyReason, Word>> = {
  admitted_already: "admittedAlready",
  already_recording: "alreadyRecording",
  ban_not_found: "banGone",
  events_not_kept: "eventsGone",
  has_this_role: "hasThisRole",
  invalid_request: "checkFields",
  invitation_not_found: "invitationGone",
  link_not_found: "shareLinkGone",
  media_server_unavailable: "mediaServerDown",
  name_invited: "nameInvited",
  no_meeting: "noMeeting",
  nobody_publishing: "nobodyPublishing",
  overlap_running: "overlapRunning",
  participant_not_found: "participantGone",
  password_too_short: "passwordTooShort",
  recording_being_deleted: "beingDeleted",
  recording_disabled: "recordingOff",
  recording_finished: "alreadyFinished",
  recording_held: "isHeld",
  recording_not_finished: "notFinished",
  recording_not_found: "recordingGone",
  recording_not_ready: "notReady",
  room_not_found: "roomGone",
  too_many_links: "tooManyLinks",
  too_many_requests: "tooMany",
  too_many_webhooks: "tooManyWebhooks",
  unreachable: "offline",
  waiting_not_found: "waitingGone",
  webhook_not_found: "webhookGone",
  wrong_credentials: "wrongPassword",
};

/** The message for an error. */
export const sentence = (error: unknown): string => t(words[reasonOf(error)] ?? "failed");
