import { useRef, useState, type KeyboardEvent, type TouchEvent } from "react";

const SWIPE = 60; // pixels

export interface Pages {
  page: number;
  count: number;
  go: (page: number) => void;
  /** For the element that shows a page: Page Up, Page Down, and swiping. */
  handlers: {
    onKeyDown: (event: KeyboardEvent) => void;
    onTouchStart: (event: TouchEvent) => void;
    onTouchEnd: (event: TouchEvent) => void;
  };
}

/** Pages of a number of things, of which some fit on each. */
export function usePages(things: number, perPage: number): Pages {
  const [wanted, setWanted] = useState(0);
  const start = useRef<{ x: number; y: number } | null>(null);
  const count = Math.max(1, Math.ceil(things / perPage));
  const page = Math.min(wanted, count - 1);
  const go = (next: number) => setWanted(Math.min(Math.max(next, 0), count - 1));
  const handlers: Pages["handlers"] = {
    onKeyDown: (event) => {
      const step = { PageUp: -1, PageDown: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      go(page + step);
    },
    onTouchStart: ({ touches }) => {
      start.current = touches.length === 1 ? { x: touches[0]!.clientX, y: touches[0]!.clientY } : null;
    },
    onTouchEnd: ({ changedTouches }) => {
      const touch = changedTouches[0];
      const from = start.current;
      start.current = null;
      if (!from || !touch) return;
      const across = touch.clientX - from.x;
      if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(touch.clientY - from.y)) go(page - Math.sign(across));
    },
  };
  return { page, count, go, handlers };
}
