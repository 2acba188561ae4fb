import { useEffect, useRef, type ReactNode } from "react";
import { t } from "../words";

let isFirst = true; // the page that the browser opened announces itself

interface Props {
  title: string;
  children?: ReactNode;
}

/** The heading of a page: names the window, and has the focus when one page follows another. */
export function Heading({ title, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t("console")}`;
  }, [title]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
    window.scrollTo(0, 0);
  }, []);
  return <h1 ref={heading} tabIndex={-1}>{children ?? title}</h1>;
}
