import { useQuery } from "@tanstack/react-query";
import { list } from "../../shared/i18n";
import type { Room } from "../../shared/types";
import { date, when } from "../../shared/format";
import { CopyButton } from "../parts/CopyButton";
import { keys } from "../queries";
import { paths } from "../route";
import { t } from "../words";
import { countPeople } from "./api";
import { Expiry } from "./Expiry";
import { PREFERENCES } from "./preferences";
import { ROLES } from "./roles";
import { RoomName } from "./RoomName";

const POLL = 15_000;

interface Props {
  room: Room;
  isPicked: boolean;
  /** Ask how many people are inside. */
  counts: boolean;
  onPick: () => void;
  onEnd: () => void;
}

/** A room in the list. */
export function RoomRow({ room, isPicked, counts, onPick, onEnd }: Props) {
  const name = room.roomName;
  const off = PREFERENCES.filter((each) => !room.preferences[each.name].enabled);
  return (
    <tr className={isPicked ? "picked" : ""}>
      <td className="pick"><input type="checkbox" aria-label={t("pickRoom", { name })} checked={isPicked} onChange={onPick} /></td>
      <th scope="row">
        <a href={paths.room(name)}><RoomName name={name} /></a>
        {room.status === "closed" && <span className="status row-status status-over">{t("isClosed")}</span>}
        {room.status === "active_meeting" && (
          <span className="status row-status status-live">{counts ? <Counted room={name} /> : t("isMeeting")}</span>
        )}
        {off.length > 0 && <span className="row-note">{t("without", { what: list(off.map(({ label }) => t(label))) })}</span>}
      </th>
      <td data-label={t("endsIn")}><Expiry at={room.expirationDate} /></td>
      <td className="wide-only created soft" title={when(room.creationDate)}>{date(room.creationDate)}</td>
      <td className="wide-only soft">{room.maxParticipants ? t("atMost", { count: room.maxParticipants }) : t("anyNumber")}</td>
      <td data-label={t("copyLinkFor")}>
        <span className="joined">
          {ROLES.map(({ url, role }) => (
            <CopyButton key={role} label={t(role)} name={t("copyLinkOf", { role: t(role), name })} text={room[url]} />
          ))}
        </span>
      </td>
      <td className="row-actions">
        <button className="small plain danger" aria-label={t("endRoomNamed", { name })} onClick={onEnd}>{t("end")}</button>
      </td>
    </tr>
  );
}

/** That there is a meeting, and how many people are in it once that is known. */
function Counted({ room }: { room: string }) {
  const { data: count } = useQuery({ queryKey: keys.count(room), queryFn: () => countPeople(room), refetchInterval: POLL });
  return list(count === undefined ? [t("isMeeting")] : [t("isMeeting"), t("peopleCount", { count })]);
}
