// The public API, as the meeting page uses it. No secret or token is ever logged.

import { again } from "../shared/again";

export type Role = "moderator" | "publisher" | "viewer";

export interface Permissions {
  canPublishScreen: boolean;
  canRecord: boolean;
  canChat: boolean;
  canChangeVirtualBackground: boolean;
}

export interface Admission {
  token: string;
  /** Opens the operations of the room; only a moderator has one. */
  apiToken?: string;
  participantName: string;
  participantIdentity: string;
  role: Role;
  livekitUrl: string;
  permissions: Permissions;
}

/** A refusal of the API; status 0 means that it was not reached. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused: ${status}`);
  }
}

const BASE = "/meet/api/v1";
const TOKEN = "/participants/token"; // changes nothing, so asking twice does no harm
const TIMEOUT = 29_000;

async function call(method: string, path: string, body?: unknown, token?: string): Promise<unknown> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  const send = () =>
    fetch(BASE + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT),
    });
  let answer: Response;
  try {
    answer = method === "GET" || path === TOKEN ? await again(send) : await send();
  } catch {
    throw new Refused(0);
  }
  if (!answer.ok) throw new Refused(answer.status);
  return answer.status === 204 ? undefined : answer.json();
}

/** Ask to be let in with a link's secret; an earlier token keeps the identity that it gave. */
export async function admit(roomName: string, secret: string, participantName: string, previousToken: string | null): Promise<Admission> {
  const body = { roomName, secret, participantName, ...(previousToken === null ? {} : { previousToken }) };
  const answer = (await call("POST", TOKEN, body)) as Omit<Admission, "permissions">;
  return { ...answer, permissions: permissionsIn(answer.token) };
}

/** Remove a participant. */
export async function remove(roomName: string, identity: string, apiToken: string): Promise<void> {
  const query = new URLSearchParams({ roomName });
  await call("DELETE", `/participants/${encodeURIComponent(identity)}?${query}`, undefined, apiToken);
}

export async function startRecording(roomName: string, apiToken: string): Promise<void> {
  await call("POST", "/recordings", { roomName }, apiToken);
}

/** Stop whatever records the room. */
export async function stopRecording(roomName: string, apiToken: string): Promise<void> {
  const query = new URLSearchParams({ roomName, status: "STARTING,STARTED", fields: "id" });
  const running = (await call("GET", `/recordings?${query}`, undefined, apiToken)) as { id: string }[];
  await Promise.all(
    running.map(({ id }) => call("PUT", `/recordings/${encodeURIComponent(id)}`, undefined, apiToken)),
  );
}

function permissionsIn(token: string): Permissions {
  const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes)) as { metadata: string };
  return (JSON.parse(claims.metadata) as { permissions: Permissions }).permissions;
}

/** The role that somebody's metadata tells; anything odd is nobody special. */
export function roleOf(metadata: string | undefined): Role | undefined {
  try {
    return (JSON.parse(metadata ?? "") as { role?: Role }).role;
  } catch {
    return undefined;
  }
}
