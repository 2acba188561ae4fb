import { useLayoutEffect, useState, type RefObject } from "react";

const GAP = 12;
const SHAPE = 16 / 9;

/** How wide the tiles are with the number of columns that makes them largest. */
export function widestTile(count: number, width: number, height: number): number {
  let best = 0;
  for (let columns = 1; columns <= Math.max(count, 1); columns += 1) {
    const rows = Math.ceil(count / columns);
    const across = (width - GAP * (columns - 1)) / columns;
    const down = ((height - GAP * (rows - 1)) / rows) * SHAPE;
    best = Math.max(best, Math.floor(Math.min(across, down)));
  }
  return best;
}

/** Keep the grid fitting its place. */
export function useGrid(place: RefObject<HTMLElement | null>, count: number) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [place]);
  return { width: widestTile(count, size.width, size.height) };
}
