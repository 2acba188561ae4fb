import { useLayoutEffect, useState, type RefObject } from "react";

const GAP = 12;
const WIDE = 16 / 9;
const SQUARE = 1;
const MOST_TILES = 25;
const NARROWEST = 136; // pixels: a face, and more of a name than its beginning
const LOWEST = 96;
const PAGES_HEIGHT = 48; // of the buttons that turn the pages

export interface Size {
  width: number;
  height: number;
}

/** The size of the tiles, for the number of columns that makes them largest. */
export function largestTile(count: number, { width, height }: Size): Size {
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

/** How many of these tiles are shown at a time: as many as are large enough to recognize somebody. */
function fitting(count: number, size: Size): number {
  const isLarge = (some: number, place: Size) => {
    const { width, height } = largestTile(some, place);
    return width >= NARROWEST && height >= LOWEST;
  };
  if (count <= MOST_TILES && (count <= 1 || isLarge(count, size))) return count;
  const place = { ...size, height: size.height - PAGES_HEIGHT };
  let some = Math.min(count, MOST_TILES);
  while (some > 1 && !isLarge(some, place)) some -= 1;
  return some;
}

/** Fit tiles to their element, also when that is resized: how many there are on a page, and the size of `shown` of them. */
export function useGrid(place: RefObject<HTMLElement | null>, count: number) {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => {
      const { clientWidth, clientHeight } = element;
      setSize((before) => (before?.width === clientWidth && before.height === clientHeight ? before : { width: clientWidth, height: clientHeight }));
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [place]);
  const perPage = size ? fitting(count, size) : 1;
  const tileFor = (shown: number) => {
    const height = (size?.height ?? 0) - (perPage < count ? PAGES_HEIGHT : 0);
    return largestTile(shown, { width: size?.width ?? 0, height });
  };
  return { perPage: Math.max(perPage, 1), tileFor };
}
