import { useState, type FormEvent } from "react";
import { holdRecording, releaseRecording } from "../api";
import { Dialog } from "../../shared/ui/Dialog";
import type { Recording } from "../../shared/types";
import { when } from "../../shared/format";
import { Confirm } from "../parts/Confirm";
import { Field } from "../parts/Field";
import { toast } from "../parts/toasts";
import { sentence } from "../sentences";
import { t } from "../words";

const LONGEST_REASON = 500;

interface Props {
  onDone: () => void;
  onClose: () => void;
}

/** Asks why a recording must not be deleted, and holds it. */
export function HoldRecording({ id, onDone, onClose }: Props & { id: string }) {
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(reason.trim() === "");
    if (isBusy || reason.trim() === "") return;
    setBusy(true);
    try {
      await holdRecording(id, reason.trim());
      toast(t("holdDone"));
      onDone();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("holdAsk")} onClose={isBusy ? null : onClose}>
      <form className="dialog-form" noValidate onSubmit={(event) => void submit(event)}>
        <p className="soft">{t("holdText")}</p>
        <Field label={t("holdReason")} hint={t("holdReasonHint")} mistake={isMissing ? t("holdReasonMistake") : undefined}>
          {(control) => (
            <input {...control} autoComplete="off" maxLength={LONGEST_REASON} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        {error !== null && <p className="mistake" role="alert">{sentence(error)}</p>}
        <div className="dialog-buttons">
          <button type="button" onClick={onClose} disabled={isBusy}>{t("cancel")}</button>
          <button className="primary" disabled={isBusy}>{t("hold")}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Asks before a recording can be deleted again. */
export function LiftHold({ recording: { id, expirationDate }, onDone, onClose }: Props & { recording: Recording }) {
  const act = async () => {
    await releaseRecording(id);
    toast(t("holdLifted"));
    onDone();
  };
  return <Confirm title={t("liftHoldAsk")} text={whatFollows(expirationDate)} action={t("liftHold")} act={act} onClose={onClose} />;
}

function whatFollows(expires: number | undefined): string {
  if (expires === undefined) return t("liftHoldText");
  return expires > Date.now() ? t("liftHoldUntil", { time: when(expires) }) : t("liftHoldOver");
}
