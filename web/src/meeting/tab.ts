// Values that survive a reload of this tab, until it is closed.

// The browser may deny storage, in a frame for example: then nothing survives a reload.
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
