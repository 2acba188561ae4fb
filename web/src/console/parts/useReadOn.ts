import { useEffect } from "react";

const MOST = 1000;

interface Pages {
  items: readonly unknown[] | null;
  error: unknown;
  hasMore: boolean;
  isMore: boolean;
  more: () => Promise<unknown>;
}

/** Read a list on by itself while it is searched or sorted: the API does neither. Stops after many items. */
export function useReadOn({ items, error, hasMore, isMore, more }: Pages, isWanted: boolean): boolean {
  const goesOn = isWanted && hasMore && error === null && items !== null && items.length < MOST;
  useEffect(() => {
    if (goesOn && !isMore) void more();
  }, [goesOn, isMore, more]);
  return goesOn;
}
