import { useState, type FormEvent } from "react";
import type { WebhookSecret } from "../../shared/types";
import { Dialog } from "../../shared/ui/Dialog";
import { sentence } from "../sentences";
import { t, type Word } from "../words";
import { rotateSecret } from "./api";
import { SecretDialog } from "./SecretDialog";

const HOUR = 3600;
const OVERLAPS: { word: Word; seconds: number }[] = [
  { word: "atOnce", seconds: 0 },
  { word: "inOneHour", seconds: HOUR },
  { word: "inOneDay", seconds: 24 * HOUR },
  { word: "inOneWeek", seconds: 7 * 24 * HOUR },
];

/** Replaces the secret of a webhook, and shows the new one. */
export function Rotate({ id, onClose }: { id: string; onClose: () => void }) {
  const [overlap, setOverlap] = useState(24 * HOUR);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [made, setMade] = useState<WebhookSecret | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      setMade(await rotateSecret(id, overlap));
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  if (made) {
    return <SecretDialog title={t("newSecretReady")} secret={made.secret} previousUntil={made.previousUntil} onClose={onClose} />;
  }
  return (
    <Dialog title={t("replaceSecret")} onClose={isBusy ? null : onClose}>
      <p className="soft">{t("replaceSecretText")}</p>
      <form className="rotate" onSubmit={(event) => void submit(event)}>
        <fieldset className="choice">
          <legend>{t("oldSecretEnds")}</legend>
          <div className="options">
            {OVERLAPS.map(({ word, seconds }) => (
              <label key={word}>
                <input type="radio" name="overlap" checked={overlap === seconds} onChange={() => setOverlap(seconds)} />
                <span>{t(word)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {error !== null && <p className="mistake" role="alert">{sentence(error)}</p>}
        <div className="dialog-buttons">
          <button type="button" onClick={onClose} disabled={isBusy}>{t("cancel")}</button>
          <button className="primary" disabled={isBusy}>{t("replace")}</button>
        </div>
      </form>
    </Dialog>
  );
}
