// The join link. No other module reads the secret from the address.

import { forget, recall, remember } from "./tab";

export interface Link {
  roomName: string;
  secret: string;
  embedded: boolean;
  /** True if the participant was removed and has not opened the link again. */
  removed: boolean;
}

const secretOf = (roomName: string) => `secret.${roomName}`;
const tokenFor = (roomName: string) => `token.${roomName}`;
const removedFrom = (roomName: string) => `removed.${roomName}`;

/** Read the link, and remove the secret from the address bar and the history. */
export function takeLink(): Link {
  const url = new URL(location.href);
  const roomName = /\/meet\/([^/]+)\/?$/.exec(url.pathname)?.[1] ?? "";
  const shown = url.searchParams.get("secret");
  if (shown !== null) {
    url.searchParams.delete("secret");
    history.replaceState(history.state, "", url);
    remember(secretOf(roomName), shown);
    forget(removedFrom(roomName));
  }
  return {
    roomName,
    secret: shown ?? recall(secretOf(roomName)) ?? "",
    embedded: url.searchParams.has("embed"),
    removed: recall(removedFrom(roomName)) !== null,
  };
}

/** Prevent a removed participant from rejoining by a reload. */
export function forgetLink(roomName: string): void {
  forget(secretOf(roomName));
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
