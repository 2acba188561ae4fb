import type { Webhook } from "../../shared/types";
import { t } from "../words";

/** Which rooms a webhook is about. */
export function roomsOf({ roomName, roomNamePrefix }: Webhook): string {
  if (roomName) return roomName;
  return roomNamePrefix ? t("beginsWith", { prefix: roomNamePrefix }) : t("everyRoom");
}
