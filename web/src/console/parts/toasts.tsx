import { useSyncExternalStore } from "react";

const SHOWN = 5000;

interface Toast {
  key: number;
  text: string;
}

let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function become(next: readonly Toast[]): void {
  toasts = next;
  listeners.forEach((tell) => tell());
}

/** Show a message for a few seconds. */
export function toast(text: string): void {
  const key = ++count;
  become([...toasts, { key, text }]);
  window.setTimeout(() => become(toasts.filter((each) => each.key !== key)), SHOWN);
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status">
      {shown.map(({ key, text }) => <p key={key} className="toast">{text}</p>)}
    </div>
  );
}
