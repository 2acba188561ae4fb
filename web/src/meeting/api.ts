// The public API, as the meeting page uses it. No secret or token is ever logged.

import { ApiError, reasonOf, request, type AnyReason } from "../shared/http";
import type { MeetingToJoin, ParticipantToken, Recording, Role } from "../shared/types";
import type { Link } from "./link";

export interface Permissions {
  canPublishScreen: boolean;
  canRecord: boolean;
  canChat: boolean;
  canChangeVirtualBackground: boolean;
}

export interface Admission extends ParticipantToken {
  apiToken: string;
  permissions: Permissions;
}

/** The answer while a caller has to wait for a moderator, or will have to ("lobby"). */
export interface Turn {
  status: "waiting" | "lobby";
  ticket?: string;
  /** Seconds. */
  pollAfter?: number;
  role?: Role;
  /** The name of an invitation. */
  participantName?: string;
  /** The meeting that is going on. */
  meeting?: MeetingToJoin;
}

export interface Waiting {
  id: string;
  participantName: string;
  role: Role;
}

const BASE = "/meet/api/v1";

interface Call {
  body?: unknown;
  apiToken?: string;
  isRepeatable?: boolean;
}

/** Call the API. Throws ApiError. */
function call(method: string, path: string, { apiToken, ...options }: Call): Promise<Response> {
  return request(method, BASE + path, {
    ...options,
    headers: apiToken === undefined ? {} : { Authorization: `Bearer ${apiToken}` },
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
}

const FORBIDDEN = new Set<AnyReason>(["unauthorized", "forbidden", "other_room", "recording_disabled"]);

/** True if the moderator is not, or no longer, allowed to do this. */
export function isForbidden(error: unknown): boolean {
  return FORBIDDEN.has(reasonOf(error));
}

interface Wish {
  name: string;
  /** It keeps the identity. */
  previousToken: string | null;
  /** False only asks what the link opens, and whether there is a lobby. */
  wait: boolean;
  /** True to replace the connection that the bearer of an invitation has elsewhere. */
  takeOver: boolean;
}

async function token(body: unknown): Promise<Admission | Turn> {
  const reply = await call("POST", "/participants/token", { body, isRepeatable: true });
  if (reply.status === 202) return (await reply.json()) as Turn;
  const answer = (await reply.json()) as ParticipantToken;
  // Every participant has one: it opens what their role may do, also if that changes.
  return { ...answer, apiToken: answer.participantToken, permissions: permissionsIn(answer.token) };
}

export function isTurn(answer: Admission | Turn): answer is Turn {
  return "status" in answer;
}

/** Request a token with a join link. */
export function admit({ roomName, secret, invite }: Link, { name, previousToken, wait, takeOver }: Wish): Promise<Admission | Turn> {
  const shown = invite ? { invite, takeOver } : { secret };
  return token({ roomName, ...shown, participantName: name, wait, ...(previousToken === null ? {} : { previousToken }) });
}

/** Ask whether a moderator has decided. */
export function askAgain(ticket: string): Promise<Admission | Turn> {
  return token({ ticket });
}

/** Raise one's own hand or lower it. */
export async function setHand(roomName: string, apiToken: string, identity: string, raised: boolean): Promise<void> {
  const path = `/meetings/${encodeURIComponent(roomName)}/participants/${segment(identity)}/hand`;
  await call("PUT", path, { body: { raised }, apiToken, isRepeatable: true });
}

export async function startRecording(roomName: string, apiToken: string): Promise<void> {
  await call("POST", "/recordings", { body: { roomName }, apiToken });
}

/** Stop the running recordings of the room. */
export async function stopRecording(roomName: string, apiToken: string): Promise<void> {
  const query = new URLSearchParams({ roomName, status: "STARTING,STARTED", fields: "id" });
  const running = (await (await call("GET", `/recordings?${query}`, { apiToken })).json()) as Pick<Recording, "id">[];
  await Promise.all(
    running.map(({ id }) => call("PUT", `/recordings/${encodeURIComponent(id)}`, { apiToken })),
  );
}

/** Absent while a link is disabled. */
export interface Invitations {
  publisherURL?: string;
  viewerURL?: string;
}

export type Source = "audioActive" | "videoActive" | "screenShareActive";
export type Decision = "admit" | "deny";

/** An identity in a path. A URL cannot name these two, which would lead to the operation above. Throws ApiError. */
function segment(identity: string): string {
  if (identity === "." || identity === "..") throw new ApiError("invalid_request");
  return encodeURIComponent(identity);
}

/** What moderators can do in their meeting. */
export function moderation(roomName: string, apiToken: string) {
  const send = (method: string, path = "", body?: unknown, isRepeatable = false) =>
    call(method, `/meetings/${encodeURIComponent(roomName)}${path}`, { body, apiToken, isRepeatable });
  const person = (identity: string) => `/participants/${segment(identity)}`;
  return {
    setRole: (identity: string, role: Role) => send("PUT", `${person(identity)}/role`, { role }),
    lowerHand: (identity: string) => send("PUT", `${person(identity)}/hand`, { raised: false }, true),
    stop: (identity: string, source: Source) => send("PUT", `${person(identity)}/media`, { [source]: false }, true),
    muteAll: () => send("PUT", "/participants/media", { audioActive: false }, true),
    remove: (identity: string, ban: boolean) => send("DELETE", `${person(identity)}${ban ? "?ban=true" : ""}`),
    lock: (locked: boolean) => send("PUT", "/lock", { locked }, true),
    isLocked: async () => ((await (await send("GET")).json()) as { locked: boolean }).locked,
    invitations: async (): Promise<Invitations> => {
      const { publisherURL, viewerURL } = (await (await send("GET")).json()) as Invitations;
      return { publisherURL, viewerURL };
    },
    waiting: async () => ((await (await send("GET", "/waiting")).json()) as { waiting: Waiting[] }).waiting,
    decide: (id: string, decision: Decision) => send("PUT", `/waiting/${encodeURIComponent(id)}`, { decision }, true),
    decideAll: (decision: Decision) => send("PUT", "/waiting", { decision }, true),
    /** Everyone has to join anew. */
    end: () => send("DELETE", "?reconnect=false"),
  };
}

export type Moderation = ReturnType<typeof moderation>;

function permissionsIn(token: string): Permissions {
  const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes)) as { metadata: string };
  return (JSON.parse(claims.metadata) as { permissions: Permissions }).permissions;
}
