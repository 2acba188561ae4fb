import { useCallback, useEffect, useRef, useState } from "react";
import { list, type Page } from "../api";

const PAGE = 50;
const MOST = 1000;
const POLL = 3000;

interface Pages<Item> extends Page<Item> {
  of: string;
}

/** A list of the API, page by page. It is polled while an item is changing and the tab is visible. */
export function usePages<Item extends object>(path: string, changes?: (item: Item) => boolean) {
  const [pages, setPages] = useState<Pages<Item> | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isMore, setMore] = useState(false);
  const latest = useRef(0); // answers of earlier reads are ignored
  const current = pages?.of === path ? pages : null;

  const read = useCallback(
    async (count: number, after?: Pages<Item>) => {
      const turn = ++latest.current;
      const query = new URLSearchParams({ maxItems: String(Math.min(count, MOST)) });
      if (after?.next) query.set("nextPageToken", after.next);
      try {
        const page = await list<Item>(path + (path.includes("?") ? "&" : "?") + query);
        if (turn !== latest.current) return;
        setPages({ of: path, items: [...(after?.items ?? []), ...page.items], next: page.next });
        setError(null);
      } catch (problem) {
        if (turn === latest.current) setError(problem);
      }
    },
    [path],
  );

  const held = current?.items.length ?? 0;
  const reload = useCallback(() => read(Math.max(PAGE, held)), [read, held]);
  const more = async () => {
    if (!current) return;
    setMore(true);
    await read(PAGE, current);
    setMore(false);
  };
  const add = useCallback((item: Item) => {
    latest.current += 1; // a pending answer may contain it too
    setPages((before) => before && { ...before, items: [item, ...before.items] });
  }, []);
  const drop = (isGone: (item: Item) => boolean) => {
    latest.current += 1; // a pending answer may still contain it
    setPages((before) => before && { ...before, items: before.items.filter((item) => !isGone(item)) });
  };

  useEffect(() => {
    void read(PAGE);
    return () => {
      latest.current += 1;
    };
  }, [read]);

  const isMoving = changes !== undefined && (current?.items.some(changes) ?? false);
  useEffect(() => {
    let timer: number | undefined;
    let isOver = false;
    const look = async () => {
      window.clearTimeout(timer);
      if (document.visibilityState === "visible") await reload();
      if (isMoving && !isOver) timer = window.setTimeout(() => void look(), POLL);
    };
    const seen = () => void look();
    if (isMoving) timer = window.setTimeout(seen, POLL);
    document.addEventListener("visibilitychange", seen);
    return () => {
      isOver = true;
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [isMoving, reload]);

  return { items: current?.items ?? null, hasMore: current?.next != null, error, reload, more, isMore, add, drop };
}
