import { t } from "../words";

/** Says why this tab is silent: another one is in the same meeting, and they would hear each other. */
export function SecondTab({ onMove }: { onMove: () => void }) {
  return (
    <div className="notice lasting with-button" role="status">
      <p>{t("secondTab")}</p>
      <button type="button" className="small" onClick={onMove}>{t("moveHere")}</button>
    </div>
  );
}
