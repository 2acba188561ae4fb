import { useState } from "react";
import { t } from "../words";
import { Dialog } from "../../shared/ui/Dialog";
import type { Moderate } from "./useModerate";

/** Asks before the meeting is ended for everybody. */
export function EndMeeting({ moderate, onClose }: { moderate: Moderate; onClose: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    await moderate.end();
    onClose();
  };
  return (
    <Dialog title={t("endForAllAsk")} onClose={isBusy ? null : onClose}>
      <p className="soft">{t("endForAllText")}</p>
      <div className="dialog-buttons">
        <button type="button" onClick={onClose} disabled={isBusy}>{t("cancel")}</button>
        <button type="button" className="danger-filled" onClick={() => void end()} disabled={isBusy}>{t("endForAll")}</button>
      </div>
    </Dialog>
  );
}
