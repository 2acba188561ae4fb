import { useId, useLayoutEffect, useRef, type ReactNode } from "react";

interface Props {
  title: string;
  onClose: (() => void) | null;
  children: ReactNode;
}

/**
 * A modal dialog; the browser keeps the focus in it and gives it back. It stays while `onClose` is null, although
 * Chromium closes one on the second Escape without a `cancel` that could be prevented.
 */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClose={() => {
        const element = dialog.current;
        if (!element?.isConnected || element.open) return;
        if (onClose) onClose();
        else element.showModal();
      }}
      onKeyDown={(event) => event.key === "Escape" && !onClose && event.preventDefault()}
      onPointerDown={(event) => event.target === dialog.current && onClose?.()}
    >
      <div className="dialog-body">
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
