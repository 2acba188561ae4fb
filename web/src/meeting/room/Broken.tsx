import { t } from "../words";

/** In place of a part of the page that failed. The meeting goes on. */
export function Broken({ onAgain, onLeave }: { onAgain: () => void; onLeave?: () => void }) {
  return (
    <div className="broken" role="alert">
      <p>{t("broken")}</p>
      <p>
        <button type="button" className="small" onClick={onAgain}>{t("showAgain")}</button>{" "}
        {onLeave && <button type="button" className="danger-filled small" onClick={onLeave}>{t("leave")}</button>}
      </p>
    </div>
  );
}
