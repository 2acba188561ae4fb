import { useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { Message } from "./message";

const NEAR_END = 48; // pixels

/**
 * Keeps a list at its end while it is read there, and where it is while older messages are read.
 * `hasNews` is true if others wrote below what is shown.
 */
export function useReading(list: RefObject<HTMLElement | null>, newest: Message | undefined) {
  const isAtEnd = useRef(true);
  const [hasNews, setNews] = useState(false);
  const toEnd = () => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
    isAtEnd.current = true;
    setNews(false);
  };
  const id = newest?.id;
  const mine = newest?.mine;
  useLayoutEffect(() => {
    if (id === undefined) return;
    if (isAtEnd.current || mine) {
      list.current?.scrollTo({ top: list.current.scrollHeight });
      isAtEnd.current = true;
      setNews(false);
    } else setNews(true);
  }, [list, id, mine]);
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (isAtEnd.current) setNews(false);
  };
  return { hasNews, toEnd, onScroll };
}
