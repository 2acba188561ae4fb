// The public API, as the meeting page uses it. No secret or token is ever logged.

import { reasonOf, request, type AnyReason } from "../shared/http";
import type { ParticipantToken, Recording } from "../shared/types";

export interface Permissions {
  canPublishScreen: boolean;
  canRecord: boolean;
  canChat: boolean;
  canChangeVirtualBackground: boolean;
}

export interface Admission extends ParticipantToken {
  permissions: Permissions;
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

/** Request a token with the secret of a join link. A previous token keeps its identity. */
export async function admit(roomName: string, secret: string, participantName: string, previousToken: string | null): Promise<Admission> {
  const body = { roomName, secret, participantName, ...(previousToken === null ? {} : { previousToken }) };
  const answer = (await (await call("POST", "/participants/token", { body, isRepeatable: true })).json()) as ParticipantToken;
  return { ...answer, permissions: permissionsIn(answer.token) };
}

/** Remove a participant. */
export async function remove(roomName: string, identity: string, apiToken: string): Promise<void> {
  const query = new URLSearchParams({ roomName });
  await call("DELETE", `/participants/${encodeURIComponent(identity)}?${query}`, { apiToken });
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

function permissionsIn(token: string): Permissions {
  const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes)) as { metadata: string };
  return (JSON.parse(claims.metadata) as { permissions: Permissions }).permissions;
}
