import { useEffect, useRef, type ReactNode } from "react";
import { t } from "../words";

interface Props {
  title: string;
  children?: ReactNode;
}

/** The heading of a page. It sets the window's title and takes the focus. */
export function Heading({ title, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t("console")}`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  return <h1 ref={heading} tabIndex={-1}>{children ?? title}</h1>;
}
