// Names for the API's types, which `npm run types` generates from functions/web/openapi.json.

import type { components, operations } from "./generated/api";

type Operation = keyof operations;
type Json<Message> = Message extends { content: { "application/json": infer Body } } ? Body : never;
type Answer<Name extends Operation> = Json<operations[Name]["responses"][200 & keyof operations[Name]["responses"]]>;
type Body<Name extends Operation> = Json<NonNullable<operations[Name]["requestBody"]>>;

/** An object that has all its properties, except those that may be missing from it. */
type Whole<Type, Missing extends keyof Type> = Required<Omit<Type, Missing>> & Pick<Type, Missing>;

export type RoomOptions = Partial<Body<"createRoom">> & Pick<Body<"createRoom">, "expirationDate">;
export type Preferences = Required<NonNullable<RoomOptions["preferences"]>>;
type Unset = "maxParticipants" | "startsAt" | "maxDurationMinutes" | "metadata" | "links" | "lobby";
export type Room = Whole<Omit<Answer<"createRoom">, "preferences">, Unset> & { preferences: Preferences };
type Unknown = "startedAt" | "endedAt" | "duration" | "size" | "error"; // not yet, or never
type Optional = "layout" | "encoding" | "audioOnly" | "expirationDate" | "hold" | "deletedAt" | "restorableUntil";
export type Recording = Whole<Answer<"createRecording">, Unknown | Optional>;
export type Status = Recording["status"];
export type RecordingLink = Answer<"getRecordingUrl">;
export type SharedRecording = Schemas["SharedRecording"];
export type ShareLink = Schemas["ShareLink"];
export type ShareLinkOptions = Schemas["ShareLinkOptions"];
export type RecordingDeletion = Answer<"deleteMultipleRecordings">;
export type ParticipantToken = Answer<"generateParticipantToken">;
export type MeetingToJoin = NonNullable<ParticipantToken["meeting"]>;
export type Role = ParticipantToken["role"];

type AnswerOf<Name extends Operation> = Json<operations[Name]["responses"][keyof operations[Name]["responses"]]>;
type ReasonOf<Body> = Body extends { reason?: infer Slug } ? NonNullable<Slug> : never;

type Schemas = components["schemas"];
/** What to change of a room; what is absent stays as it is. */
export type RoomChanges = Partial<Schemas["WrappedRoomPreferences"]>;
export type Participant = Schemas["OpenViduMeetParticipant"];
export type WaitingParticipant = Schemas["WaitingParticipant"];
export type Invitation = Schemas["Invitation"];
export type Ban = Schemas["Ban"];
export type MeetEvent = Schemas["Event"];
export type Actor = MeetEvent["actor"];
export type TimelineEntry = Omit<Schemas["RecordingTimelineEntry"], "actor"> & { actor?: Actor };
export type EventType = MeetEvent["type"];
export type EventPage = Schemas["Events"];
export type Webhook = Schemas["Webhook"];
export type WebhookOptions = Schemas["WebhookOptions"];
export type WebhookWithSecret = Schemas["WebhookWithSecret"];
export type WebhookSecret = Schemas["WebhookSecret"];
export type WebhookDelivery = Schemas["WebhookDelivery"];

/** Every `reason` that an error of the API can have. */
export type Reason = ReasonOf<{ [Name in Operation]: AnswerOf<Name> }[Operation]>;
