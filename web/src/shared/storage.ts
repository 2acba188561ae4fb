// Values that survive a reload. The browser may deny storage: then they last until the reload.

export interface Kept {
  /** True if it will survive a reload. */
  put: (key: string, value: string) => boolean;
  get: (key: string) => string | null;
  drop: (key: string) => void;
}

function keptIn(storage: () => Storage): Kept {
  const denied = new Map<string, string>();
  const name = (key: string) => `meet.${key}`;
  return {
    put(key, value) {
      try {
        storage().setItem(name(key), value);
        denied.delete(key);
        return true;
      } catch {
        denied.set(key, value);
        return false;
      }
    },
    get(key) {
      const held = denied.get(key);
      if (held !== undefined) return held;
      try {
        return storage().getItem(name(key));
      } catch {
        return null;
      }
    },
    drop(key) {
      denied.delete(key);
      try {
        storage().removeItem(name(key));
      } catch {
        return;
      }
    },
  };
}

/** Until this tab is closed. */
export const tab = keptIn(() => sessionStorage);

/** In this browser, for all tabs and later meetings. */
export const browser = keptIn(() => localStorage);
