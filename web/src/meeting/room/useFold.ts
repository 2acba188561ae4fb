import { useLayoutEffect, useState, type RefObject } from "react";

/** The number of equally wide children that fit beside each other. The last child has to stay. */
export function useFold(row: RefObject<HTMLElement | null>): number {
  const [fitting, setFitting] = useState(Number.POSITIVE_INFINITY);
  useLayoutEffect(() => {
    const element = row.current;
    if (!element) return;
    const measure = () => {
      const { paddingLeft, paddingRight, columnGap } = getComputedStyle(element);
      const gap = Number.parseFloat(columnGap) || 0;
      const child = element.lastElementChild?.getBoundingClientRect().width ?? 0;
      const width = element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      setFitting(Math.floor((width + gap) / (child + gap)));
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    if (element.lastElementChild) watch.observe(element.lastElementChild); // it is narrower on small screens
    return () => watch.disconnect();
  }, [row]);
  return fitting;
}
