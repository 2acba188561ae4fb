import { t } from "../words";
import type { MeetingToJoin } from "../../shared/types";
import { titleOf } from "../link";

/** Which meeting it is, and how many are there. */
export function MeetingNow({ roomName, meeting }: { roomName: string; meeting: MeetingToJoin | undefined }) {
  const count = meeting?.participantCount ?? 0;
  return (
    <p className="meeting-now">
      <b><bdi>{titleOf(roomName)}</bdi></b>{" "}
      <span className="soft">{count === 0 ? t("insideNone") : t("inside", { count })}</span>
    </p>
  );
}
