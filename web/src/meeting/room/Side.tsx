import { useEffect, useRef, type ReactNode, type RefObject } from "react";
import { t } from "../words";
import { Close } from "../../shared/ui/icons";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
  /** What has the focus at first, in place of the heading. */
  focus?: RefObject<HTMLElement | null> | undefined;
}

/** A panel beside the stage. Escape closes it and returns the focus to the button that opened it. */
export function Side({ title, onClose, children, className = "", focus }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    (focus?.current ?? heading.current)?.focus();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [focus]);
  return (
    <aside className={`side ${className}`} aria-label={title} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <header>
        <h2 ref={heading} tabIndex={-1}>{title}</h2>
        <button type="button" className="plain" aria-label={t("close")} onClick={onClose}><Close /></button>
      </header>
      {children}
    </aside>
  );
}
