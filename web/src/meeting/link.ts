// The join link. No other module reads the secret from the address.

import { browser, tab } from "../shared/storage";

export interface Link {
  roomName: string;
  secret: string;
  /** The token of an invitation, in place of a secret. */
  invite: string;
  embedded: boolean;
  /** True if the participant was removed and has not opened the link again. */
  removed: boolean;
}

const KEYS = ["secret", "invite"] as const;
const REMOVED = "removed";
const tokenFor = (roomName: string) => `token.${roomName}`;
const insideOf = (roomName: string) => `inside.${roomName}`;
const removedFrom = (roomName: string) => `removed.${roomName}`;

/** Read the link, and remove the secret from the address bar and the history if this tab can keep it. */
export function takeLink(): Link {
  const url = new URL(location.href);
  const roomName = /\/meet\/([^/]+)\/?$/.exec(url.pathname)?.[1] ?? "";
  const shown = KEYS.map((key) => url.searchParams.get(key));
  if (shown.some((each) => each !== null)) {
    let isKept = true;
    KEYS.forEach((key, index) => {
      const value = shown[index];
      if (value) isKept = tab.put(`${key}.${roomName}`, value) && isKept;
      else tab.drop(`${key}.${roomName}`);
    });
    if (isKept) hideSecret(); // otherwise a reload needs it
    tab.drop(removedFrom(roomName));
  }
  const [secret = "", invite = ""] = KEYS.map((key, index) => shown[index] ?? tab.get(`${key}.${roomName}`) ?? "");
  return {
    roomName,
    secret,
    invite,
    embedded: url.searchParams.has("embed"),
    removed: tab.get(removedFrom(roomName)) !== null || (!secret && !invite && history.state === REMOVED),
  };
}

/** Prevent a removed participant from rejoining by a reload. */
export function forgetLink(roomName: string): void {
  for (const key of KEYS) tab.drop(`${key}.${roomName}`);
  tab.drop(tokenFor(roomName));
  tab.put(removedFrom(roomName), "yes");
  hideSecret(REMOVED); // if this tab cannot keep anything, its history does
}

/** How a tab is in a meeting: under which name, and what is on. */
export interface Inside {
  name: string;
  camera: boolean;
  microphone: boolean;
}

/** Keep how this tab is in the meeting; null once it has left. */
export function keepInside(roomName: string, inside: Inside | null): void {
  if (inside === null) tab.drop(insideOf(roomName));
  else tab.put(insideOf(roomName), JSON.stringify(inside, ["name", "camera", "microphone"]));
}

export function recallInside(roomName: string): Inside | null {
  try {
    return JSON.parse(tab.get(insideOf(roomName)) ?? "null") as Inside | null;
  } catch {
    return null; // an earlier version of this page kept a name there
  }
}

/** How this tab was in the meeting until it was loaded again; null if it was in none. */
export function insideBefore(roomName: string): Inside | null {
  const [navigation] = performance.getEntriesByType("navigation");
  const isReload = (navigation as PerformanceNavigationTiming | undefined)?.type === "reload";
  return isReload ? recallInside(roomName) : null; // a copy of the tab has a copy of its storage
}

function hideSecret(state: unknown = history.state): void {
  const url = new URL(location.href);
  for (const key of KEYS) url.searchParams.delete(key);
  history.replaceState(state, "", url);
}

/** The last token. It keeps the identity over a reload or a second request. */
export function recallToken(roomName: string): string | null {
  return tab.get(tokenFor(roomName));
}

export function rememberToken(roomName: string, token: string): void {
  tab.put(tokenFor(roomName), token);
}

/** The name of the last meeting that this browser joined. */
export function recallName(): string {
  return browser.get("name") ?? "";
}

export function rememberName(name: string): void {
  browser.put("name", name);
}

/** The room's title: its name without the random part. */
export function titleOf(roomName: string): string {
  return roomName.replace(/-?[a-z0-9]{15}$/, "") || roomName;
}
