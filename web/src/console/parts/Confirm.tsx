import { useState, type FormEvent, type ReactNode } from "react";
import { Dialog } from "../../shared/ui/Dialog";
import { sentence } from "../sentences";
import { t } from "../words";

interface Question {
  title: string;
  text: string;
  action: string;
  act: () => Promise<void>;
  onClose: () => void;
  /** What else to decide. */
  children?: ReactNode;
}

/** Ask before something that cannot be undone. */
export function Confirm({ title, text, action, act, onClose, children }: Question) {
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
      {children}
      {error !== null && <p className="mistake" role="alert">{sentence(error)}</p>}
      <form className="dialog-buttons" onSubmit={(event) => void submit(event)}>
        <button type="button" onClick={onClose} disabled={isBusy}>{t("cancel")}</button>
        <button className="danger-filled" disabled={isBusy}>{action}</button>
      </form>
    </Dialog>
  );
}
