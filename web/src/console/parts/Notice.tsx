import type { ReactNode } from "react";

interface Props {
  title: string;
  text: string;
  isMain?: boolean;
  children?: ReactNode;
}

/** Says why there is nothing to show, and what to do next. */
export function Notice({ title, text, isMain = false, children }: Props) {
  const Title = isMain ? "h1" : "h2";
  return (
    <div className="notice">
      <Title>{title}</Title>
      <p>{text}</p>
      {children && <div className="notice-buttons">{children}</div>}
    </div>
  );
}
