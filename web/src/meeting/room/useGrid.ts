import { useLayoutEffect, useState, type RefObject } from "react";

const GAP = 12;
const WIDE = 16 / 9;
const SQUARE = 1;

/** The size of the tiles, for the number of columns that makes them largest. */
export function largestTile(count: number, width: number, height: number): { width: number; height: number } {
  const narrowest = height > width ? SQUARE : WIDE; // on an upright phone, square tiles show more of a face
  let best = { width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(count, 1); columns += 1) {
    const rows = Math.ceil(count / columns);
    const across = (width - GAP * (columns - 1)) / columns;
    const down = (height - GAP * (rows - 1)) / rows;
    const shape = Math.min(Math.max(across / down, narrowest), WIDE);
    const tile = { width: Math.floor(Math.min(across, down * shape)), height: Math.floor(Math.min(down, across / shape)) };
    if (tile.width * tile.height > best.width * best.height) best = tile;
  }
  return best;
}

/** Fit the grid to its element, also when that is resized. */
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
  return largestTile(count, size.width, size.height);
}
