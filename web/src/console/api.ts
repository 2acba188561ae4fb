// The public API, as the console uses it.

import { isNotFound, reasonOf, request } from "../shared/http";
import type { Recording, RecordingDeletion, RecordingLink, Room, RoomChanges, RoomOptions } from "../shared/types";
import type { Page } from "./queries";
import { loggedInAgain } from "./session";

export const API = "/meet/api/v1";
const MOST_IDS = 100; // in one URL

/** Call the API; if the session has ended, call it again after the next login. Throws ApiError. */
export async function call(method: string, path: string, body?: unknown): Promise<Response> {
  try {
    return await request(method, API + path, { body });
  } catch (error) {
    if (reasonOf(error) !== "unauthorized") throw error;
  }
  await loggedInAgain();
  return request(method, API + path, { body });
}

export async function json<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  return (await call(method, path, body)).json() as Promise<Body>;
}

/** Read a page of a list; `after` is the `next` of the page before. */
export async function list<Item>(path: string, count: number, after: string | null): Promise<Page<Item>> {
  const query = new URLSearchParams({ maxItems: String(count), ...(after !== null && { nextPageToken: after }) });
  const answer = await call("GET", `${path}${path.includes("?") ? "&" : "?"}${query}`);
  return { items: (await answer.json()) as Item[], next: answer.headers.get("X-Next-Page-Token") };
}

const room = (name: string) => `/rooms/${encodeURIComponent(name)}`;
const recording = (id: string) => `/recordings/${encodeURIComponent(id)}`;

export const createRoom = (options: RoomOptions) => json<Room>("POST", "/rooms", options);
export const getRoom = (name: string) => json<Room>("GET", room(name));
export const updateRoom = (name: string, changes: RoomChanges) => json<Room>("PUT", room(name), changes);
export const endRoom = (name: string) => call("DELETE", room(name));

export const startRecording = (roomName: string) => json<Recording>("POST", "/recordings", { roomName });
export const getRecording = (id: string) => json<Recording>("GET", recording(id));
export const stopRecording = (id: string) => call("PUT", recording(id));
export const holdRecording = (id: string, reason: string) => json<Recording>("PUT", `${recording(id)}/hold`, { reason });
export const releaseRecording = (id: string) => call("DELETE", `${recording(id)}/hold`);
export const restoreRecording = (id: string) => json<Recording>("POST", `${recording(id)}/restore`);
export const linkTo = async (id: string) => (await json<RecordingLink>("GET", `${recording(id)}/url`)).url;
export const downloadOf = async (id: string) =>
  (await json<RecordingLink>("GET", `${recording(id)}/stream?download=true`)).url;

/** Delete recordings. Return the ids of those deleted. Throws ApiError if the only one is refused. */
export async function deleteRecordings(ids: string[]): Promise<string[]> {
  if (ids.length === 1) return deleteOne(ids[0]!);
  const gone: string[] = [];
  for (let from = 0; from < ids.length; from += MOST_IDS) {
    const some = ids.slice(from, from + MOST_IDS);
    const answer = await call("DELETE", `/recordings?${new URLSearchParams({ recordingIds: some.join(",") })}`);
    gone.push(...(answer.status === 204 ? some : ((await answer.json()) as RecordingDeletion).deleted));
  }
  return gone;
}

async function deleteOne(id: string): Promise<string[]> {
  try {
    await call("DELETE", recording(id));
  } catch (error) {
    if (!isNotFound(error)) throw error; // it was deleted already
  }
  return [id];
}
