// The pages of the console, in the part of the address after the #.

import { useSyncExternalStore } from "react";

export type Route =
  | { page: "newRoom" | "reference" | "unknown" }
  | { page: "rooms"; status: string; search: string; sort: string }
  | { page: "webhooks" | "newWebhook" }
  | { page: "room"; name: string }
  | ({ page: "recordings" } & RecordingFilter)
  | { page: "recording"; id: string }
  | { page: "events"; types: string; room: string }
  | { page: "webhook"; id: string };

/** Which recordings to list; an empty value does not limit them. */
export interface RecordingFilter {
  status: string;
  room: string;
  /** What the name of the room begins with. */
  prefix: string;
  /** The first and the last day, as a date field has them. */
  from: string;
  until: string;
  /** "true": those in the trash. */
  deleted: string;
}

export const paths = {
  rooms: "#/rooms",
  newRoom: "#/rooms/new",
  reference: "#/api",
  roomsOf: (status = "", search = "", sort = "") => withQuery("#/rooms", { status, search, sort }),
  room: (name: string) => `#/rooms/${encodeURIComponent(name)}`,
  recording: (id: string) => `#/recordings/${encodeURIComponent(id)}`,
  recordings: (status = "", room = "") => withQuery("#/recordings", { status, room }),
  recordingsOf: (filter: Partial<RecordingFilter>) => withQuery("#/recordings", { ...filter }),
  events: (types = "", room = "") => withQuery("#/events", { types, room }),
  webhooks: "#/webhooks",
  newWebhook: "#/webhooks/new",
  webhook: (id: string) => `#/webhooks/${encodeURIComponent(id)}`,
};

function withQuery(path: string, values: Record<string, string>): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value));
  return query.size ? `${path}?${query}` : path;
}

function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [section, name, ...rest] = path.split("/").map(decoded);
  const values = new URLSearchParams(query);
  if (rest.length > 0) return { page: "unknown" };
  switch (section) {
    case "":
    case "rooms":
      if (!name) return { page: "rooms", ...read(values, "status", "search", "sort") };
      return name === "new" ? { page: "newRoom" } : { page: "room", name };
    case "recordings":
      if (name) return { page: "recording", id: name };
      return { page: "recordings", ...read(values, "status", "room", "prefix", "from", "until", "deleted") };
    case "events":
      if (name) return { page: "unknown" };
      return { page: "events", ...read(values, "types", "room") };
    case "webhooks":
      if (!name) return { page: "webhooks" };
      return name === "new" ? { page: "newWebhook" } : { page: "webhook", id: name };
    case "api":
      return { page: "reference" };
    default:
      return { page: "unknown" };
  }
}

/** The named values of a query; a missing one is empty. */
function read<Name extends string>(values: URLSearchParams, ...names: Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, values.get(name) ?? ""])) as Record<Name, string>;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function subscribe(tell: () => void): () => void {
  window.addEventListener("hashchange", tell);
  return () => window.removeEventListener("hashchange", tell);
}

export function useRoute(): Route {
  return parse(useSyncExternalStore(subscribe, () => window.location.hash));
}

/** Change the address of the present page, without a step in the history. */
export function stay(path: string): void {
  window.location.replace(path);
}

export function go(path: string): void {
  window.location.hash = path;
}
