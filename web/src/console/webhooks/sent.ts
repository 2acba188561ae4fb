import { number } from "../format";
import { t } from "../words/events";

/** How many events are being sent again. */
export const saidOfSent = (count: number) => (count === 1 ? t("resentOne") : t("resent", { count: number(count) }));
