import { fully, span } from "../../shared/format";
import { useNow } from "../parts/useNow";
import { t } from "../words";

const SOON = 15 * 60_000;

/** The time until a room expires. */
export function Expiry({ at }: { at: number }) {
  const left = at - useNow();
  if (left <= 0) return <span className="soft">{t("isOver")}</span>;
  return <span className={left < SOON ? "soon" : ""} title={fully(at)}>{span(left)}</span>;
}
