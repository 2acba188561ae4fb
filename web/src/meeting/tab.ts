// What this tab remembers over a reload, and forgets when it is closed.

// Storage may be refused, in a frame for example: then a reload asks again.
export function remember(key: string, value: string): void {
  try {
    sessionStorage.setItem(`meet.${key}`, value);
  } catch {
    return;
  }
}

export function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(`meet.${key}`);
  } catch {
    return null;
  }
}

export function forget(key: string): void {
  try {
    sessionStorage.removeItem(`meet.${key}`);
  } catch {
    return;
  }
}
