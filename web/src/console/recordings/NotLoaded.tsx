import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { sentence } from "../sentences";
import { t } from "../words";

/** A recording that is being loaded, or could not be. */
export function NotLoaded({ error, reload }: { error: unknown; reload: () => Promise<unknown> }) {
  if (error === null) return <Heading title={t("recording")} />;
  return (
    <Notice title={t("notShown")} text={sentence(error)} isMain>
      <button onClick={() => void reload()}>{t("tryAgain")}</button>
    </Notice>
  );
}
