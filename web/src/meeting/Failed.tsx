import { t } from "./words";
import { Mark } from "../shared/ui/icons";

/** In place of a page that failed, or a part of which could not be loaded. */
export function Failed() {
  return (
    <main className="card-page">
      <div className="card end-card" role="alert">
        <Mark />
        <h1>{t("pageFailed")}</h1>
        <p>{t("pageFailedText")}</p>
        <button type="button" className="primary" onClick={() => location.reload()}>{t("loadAgain")}</button>
      </div>
    </main>
  );
}
