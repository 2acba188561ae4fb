// The public API, as the console uses it.

import { reasonOf, request } from "../shared/http";
import { loggedInAgain } from "./session";

export interface Preferences {
  chatPreferences: { enabled: boolean };
  recordingPreferences: { enabled: boolean };
  virtualBackgroundPreferences: { enabled: boolean };
}

export interface Room {
  roomName: string;
  roomNamePrefix: string;
  creationDate: number;
  expirationDate: number;
  maxParticipants?: number;
  preferences: Preferences;
  moderatorURL: string;
  publisherURL: string;
  viewerURL: string;
}

export interface RoomOptions {
  roomNamePrefix: string;
  expirationDate: number;
  maxParticipants: number | null;
  preferences: Preferences;
}

export type Status = "STARTING" | "STARTED" | "STOPPING" | "STOPPED" | "READY" | "FAILED";

export interface Recording {
  id: string;
  roomName: string;
  status: Status;
  filename: string;
  startedAt?: number;
  endedAt?: number;
  duration?: number;
  size?: number;
  error?: string;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export const API = "/meet/api/v1";
const MOST_IDS = 100; // in one address

/** Call the API; if the session has ended, call it again after the next login. Throws ApiError. */
async function call(method: string, path: string, body?: unknown): Promise<Response> {
  try {
    return await request(method, API + path, { body });
  } catch (error) {
    if (reasonOf(error) !== "unauthorized") throw error;
  }
  await loggedInAgain();
  return request(method, API + path, { body });
}

async function json<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  return (await call(method, path, body)).json() as Promise<Body>;
}

export async function list<Item>(path: string): Promise<Page<Item>> {
  const answer = await call("GET", path);
  return { items: (await answer.json()) as Item[], next: answer.headers.get("X-Next-Page-Token") };
}

const room = (name: string) => `/rooms/${encodeURIComponent(name)}`;
const recording = (id: string) => `/recordings/${encodeURIComponent(id)}`;

export const createRoom = (options: RoomOptions) => json<Room>("POST", "/rooms", options);
export const getRoom = (name: string) => json<Room>("GET", room(name));
export const updateRoom = (name: string, preferences: Partial<Preferences>) =>
  json<Room>("PUT", room(name), { preferences });
export const endRoom = (name: string) => call("DELETE", room(name));

export const startRecording = (roomName: string) => json<Recording>("POST", "/recordings", { roomName });
export const getRecording = (id: string) => json<Recording>("GET", recording(id));
export const stopRecording = (id: string) => call("PUT", recording(id));
export const streamOf = (id: string) => `${API}${recording(id)}/stream`;

interface Link {
  url: string;
}

export const linkTo = async (id: string) => (await json<Link>("GET", `${recording(id)}/url`)).url;
export const downloadOf = async (id: string) =>
  (await json<Link>("GET", `${recording(id)}/stream?download=true`)).url;

/** Delete recordings; return those that are gone. */
export async function deleteRecordings(ids: string[]): Promise<string[]> {
  const gone: string[] = [];
  for (let from = 0; from < ids.length; from += MOST_IDS) {
    const some = ids.slice(from, from + MOST_IDS);
    const answer = await call("DELETE", `/recordings?${new URLSearchParams({ recordingIds: some.join(",") })}`);
    gone.push(...(answer.status === 204 ? some : ((await answer.json()) as { deleted: string[] }).deleted));
  }
  return gone;
}
