// The join link. No other module reads the secret from the address.

import { forget, recall, remember } from "./tab";

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
const tokenFor = (roomName: string) => `token.${roomName}`;
const removedFrom = (roomName: string) => `removed.${roomName}`;

/** Read the link, and remove the secret from the address bar and the history. */
export function takeLink(): Link {
  const url = new URL(location.href);
  const roomName = /\/meet\/([^/]+)\/?$/.exec(url.pathname)?.[1] ?? "";
  const shown = KEYS.map((key) => url.searchParams.get(key));
  if (shown.some((each) => each !== null)) {
    KEYS.forEach((key, index) => {
      const value = shown[index];
      if (value) remember(`${key}.${roomName}`, value);
      else forget(`${key}.${roomName}`);
      url.searchParams.delete(key);
    });
    history.replaceState(history.state, "", url);
    forget(removedFrom(roomName));
  }
  const [secret = "", invite = ""] = KEYS.map((key, index) => shown[index] ?? recall(`${key}.${roomName}`) ?? "");
  return {
    roomName,
    secret,
    invite,
    embedded: url.searchParams.has("embed"),
    removed: recall(removedFrom(roomName)) !== null,
  };
}

/** Prevent a removed participant from rejoining by a reload. */
export function forgetLink(roomName: string): void {
  for (const key of KEYS) forget(`${key}.${roomName}`);
  forget(tokenFor(roomName));
  remember(removedFrom(roomName), "yes");
}

/** The last token. It keeps the identity over a reload or a second request. */
export function recallToken(roomName: string): string | null {
  return recall(tokenFor(roomName));
}

export function rememberToken(roomName: string, token: string): void {
  remember(tokenFor(roomName), token);
}

export function recallName(): string {
  return recall("name") ?? "";
}

export function rememberName(name: string): void {
  remember("name", name);
}

/** The room's title: its name without the random part. */
export function titleOf(roomName: string): string {
  return roomName.replace(/-?[a-z0-9]{15}$/, "") || roomName;
}
