import { t } from "../words";
import type { OwnMedia } from "./useOwnMedia";

/** While one shares one's screen: says so, and stops it. */
export function SharingBar({ media }: { media: OwnMedia }) {
  return (
    <div className="sharing-bar">
      <p role="status">{media.screen && t("youShare")}</p>
      {media.screen && (
        <button type="button" className="small danger-filled" disabled={media.pending === "screen"} onClick={() => void media.set("screen", false)}>{t("stop")}</button>
      )}
    </div>
  );
}
