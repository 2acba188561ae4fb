import { useEffect, useRef, type ReactNode } from "react";
import { t } from "../../i18n";
import { Close } from "../../ui/icons";

/** A panel beside the stage; Escape closes it. */
export function Side({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside className="side" aria-label={title} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <header>
        <h2 ref={heading} tabIndex={-1}>{title}</h2>
        <button type="button" className="plain" aria-label={t("close")} onClick={onClose}><Close /></button>
      </header>
      {children}
    </aside>
  );
}
