import { useCallback, useRef, useState } from "react";

export interface Notice {
  id: number;
  text: string;
  urgent: boolean;
}

export type Say = (text: string) => void;

const SHOWN_FOR = 6000;

/** Messages that disappear after a few seconds. Screen readers read them out. */
export function useNotices() {
  const [notices, setNotices] = useState<Notice[]>([]);
  const last = useRef(0);
  const add = useCallback((text: string, urgent: boolean) => {
    const id = ++last.current;
    // Said again while it still stands: once, from now on.
    setNotices((shown) => [...shown.filter((each) => each.text !== text).slice(-2), { id, text, urgent }]);
    setTimeout(() => setNotices((shown) => shown.filter((each) => each.id !== id)), SHOWN_FOR);
  }, []);
  const announce: Say = useCallback((text) => add(text, false), [add]);
  const warn: Say = useCallback((text) => add(text, true), [add]);
  return { notices, announce, warn };
}
