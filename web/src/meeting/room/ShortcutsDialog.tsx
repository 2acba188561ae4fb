import { t } from "../words";
import { Dialog } from "../../shared/ui/Dialog";
import type { Shortcut } from "./useShortcuts";

/** The keys and what they do. */
export default function ShortcutsDialog({ shortcuts, onClose }: { shortcuts: Shortcut[]; onClose: () => void }) {
  return (
    <Dialog title={t("shortcuts")} onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(({ key, word }) => (
          <div key={key}>
            <dt><kbd>{key === " " ? t("spaceBar") : key.toUpperCase()}</kbd></dt>
            <dd>{t(word)}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-buttons"><button type="button" onClick={onClose}>{t("close")}</button></div>
    </Dialog>
  );
}
