import { t } from "../words";

/** How many events are being sent again. */
export const saidOfSent = (count: number) => t("resent", { count });
