import { useId, useLayoutEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { sentence } from "../sentences";
import { t } from "../words";

interface Props {
  title: string;
  onClose: (() => void) | null;
  children: ReactNode;
}

/** A modal dialog; the browser keeps the focus in it and gives it back. */
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
      onPointerDown={(event) => event.target === dialog.current && onClose?.()}
    >
      <div className="dialog-body">
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface Question {
  title: string;
  text: string;
  action: string;
  act: () => Promise<void>;
  onClose: () => void;
}

/** Ask before something that cannot be undone. */
export function Confirm({ title, text, action, act, onClose }: Question) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await act();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={isBusy ? null : onClose}>
      <p className="soft">{text}</p>
      {error !== null && <p className="mistake" role="alert">{sentence(error)}</p>}
      <form className="dialog-buttons" onSubmit={(event) => void submit(event)}>
        <button type="button" onClick={onClose} disabled={isBusy}>{t("cancel")}</button>
        <button className="danger-filled" disabled={isBusy}>{action}</button>
      </form>
    </Dialog>
  );
}
