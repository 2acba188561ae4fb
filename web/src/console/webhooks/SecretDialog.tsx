import { when } from "../../shared/format";
import { CopyButton } from "../parts/CopyButton";
import { Dialog } from "../../shared/ui/Dialog";
import { t } from "../words";

interface Props {
  title: string;
  secret: string;
  previousUntil?: number | undefined;
  onClose: () => void;
}

/** Shows a secret, once. Only its button closes it. */
export function SecretDialog({ title, secret, previousUntil, onClose }: Props) {
  return (
    <Dialog title={title} onClose={null}>
      <p className="soft">{t("secretOnce")}</p>
      <code className="secret">{secret}</code>
      {previousUntil !== undefined && <p className="hint">{t("previousUntil", { time: when(previousUntil) })}</p>}
      <div className="dialog-buttons">
        <CopyButton label={t("copySecret")} text={secret} className="primary" />
        <button onClick={onClose}>{t("secretSaved")}</button>
      </div>
    </Dialog>
  );
}
