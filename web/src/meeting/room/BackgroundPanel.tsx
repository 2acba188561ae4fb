import { t } from "../words";
import { BackgroundChoice } from "../background/BackgroundChoice";
import { Side } from "./Side";
import type { OwnBackground } from "./useBackground";

/** The choice of a background. The participant's own tile shows the result. */
export function BackgroundPanel({ own, onClose }: { own: OwnBackground; onClose: () => void }) {
  return (
    <Side title={t("background")} onClose={onClose} className="low">
      <BackgroundChoice value={own.background} onChange={own.choose} disabled={!own.ready} />
      <p className="hint" role="status">{t(!own.ready ? "backgroundNeedsCamera" : own.busy ? "backgroundLoading" : "backgroundSeen")}</p>
    </Side>
  );
}
