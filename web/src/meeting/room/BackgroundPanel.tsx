import { t } from "../words";
import { BackgroundChoice } from "../background/BackgroundChoice";
import { Side } from "./Side";
import type { OwnBackground } from "./useBackground";

/** What is behind somebody; the own tile beside it shows how it looks. */
export function BackgroundPanel({ own, onClose }: { own: OwnBackground; onClose: () => void }) {
  return (
    <Side title={t("background")} onClose={onClose} className="low">
      <BackgroundChoice value={own.background} onChange={own.choose} disabled={!own.ready} />
      <p className="hint" role="status">{t(!own.ready ? "backgroundNeedsCamera" : own.busy ? "backgroundLoading" : "backgroundSeen")}</p>
    </Side>
  );
}
