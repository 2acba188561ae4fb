// The join link: the only place that sees the secret in the address.

export interface Link {
  roomName: string;
  secret: string;
  embedded: boolean;
}

/** Read the link, and take the secret out of the address bar and the history. */
export function takeLink(): Link {
  const url = new URL(location.href);
  const roomName = /\/meet\/([^/]+)\/?$/.exec(url.pathname)?.[1] ?? "";
  const key = `meet.secret.${roomName}`;
  const shown = url.searchParams.get("secret");
  if (shown !== null) {
    url.searchParams.delete("secret");
    history.replaceState(history.state, "", url);
    remember(key, shown);
  }
  const secret = shown ?? recall(key) ?? "";
  return { roomName, secret, embedded: url.searchParams.has("embed") };
}

const NAME = "meet.name";

export function recallName(): string {
  return recall(NAME) ?? "";
}

export function rememberName(name: string): void {
  remember(NAME, name);
}

// Storage may be refused, in a frame for example: then a reload asks again.
function remember(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    return;
  }
}

function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
