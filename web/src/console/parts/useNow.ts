import { useSyncExternalStore } from "react";

let now = Date.now();
let timer = 0;
const listeners = new Set<() => void>();

function subscribe(tell: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = window.setInterval(() => {
      now = Date.now();
      listeners.forEach((each) => each());
    }, 1000);
  }
  listeners.add(tell);
  return () => {
    listeners.delete(tell);
    if (listeners.size === 0) window.clearInterval(timer);
  };
}

/** The current time, updated every second by one shared timer. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
