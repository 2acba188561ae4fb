import { useState } from "react";
import type { Room } from "../../shared/types";
import { list } from "../../shared/i18n";
import { date, when } from "../format";
import { Plus } from "../icons";
import { CopyButton } from "../parts/CopyButton";
import { Heading } from "../parts/Heading";
import { Listing } from "../parts/Listing";
import { Notice } from "../parts/Notice";
import { usePages } from "../parts/usePages";
import { dropFrom } from "../queries";
import { paths, stay } from "../route";
import { t, type Word } from "../words";
import { EndRoom } from "./EndRoom";
import { Expiry } from "./Expiry";
import { PREFERENCES } from "./preferences";
import { ROLES } from "./roles";
import { RoomName } from "./RoomName";

const ROOMS = "/rooms";

const FILTERS: { word: Word; status: string }[] = [
  { word: "filterAll", status: "" },
  { word: "filterMeeting", status: "active_meeting" },
  { word: "filterClosed", status: "closed" },
];

/** The rooms. The API does not search: the filters are about the rooms that are loaded. */
export function RoomsPage({ status, search }: { status: string; search: string }) {
  const { items: loaded, ...rooms } = usePages<Room>(ROOMS);
  const [text, setText] = useState(search);
  const [address, setAddress] = useState(search);
  if (search !== address) { // a link was followed, or the address has caught up with what was typed
    setAddress(search);
    setText(search);
  }
  const isFiltered = status !== "" || text !== "";
  const wanted = text.trim().toLowerCase();
  const found = loaded?.filter((room) => (status === "" || room.status === status) && room.roomName.toLowerCase().includes(wanted));
  const [ending, setEnding] = useState<string | null>(null);
  const newRoom = <a className="button primary" href={paths.newRoom}><Plus />{t("newRoom")}</a>;
  return (
    <>
      <div className="page-head">
        <Heading title={t("rooms")} />
        <span className="head-tools">
          <span role="search">
            <input
              type="search"
              className="search"
              aria-label={t("searchRooms")}
              placeholder={t("searchRooms")}
              spellCheck={false}
              autoComplete="off"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                stay(paths.roomsOf(status, event.target.value));
              }}
            />
          </span>
          {newRoom}
        </span>
      </div>
      <nav className="tabs" aria-label={t("filter")}>
        {FILTERS.map((each) => (
          <a key={each.word} href={paths.roomsOf(each.status, text)} aria-current={each.status === status ? "true" : undefined}>
            {t(each.word)}
          </a>
        ))}
      </nav>
      {isFiltered && rooms.hasMore && loaded && <p className="hint filter-hint" role="status">{t("searchedSome", { count: loaded.length })}</p>}
      <Listing
        {...rooms}
        items={found ?? null}
        empty={isFiltered ? (
          <Notice title={t("nothingFound")} text={t(rooms.hasMore ? "noRoomYet" : "noRoomFound")}>
            <a className="button" href={paths.rooms}>{t("allRooms")}</a>
          </Notice>
        ) : <Notice title={t("noRooms")} text={t("noRoomsText")}>{newRoom}</Notice>}
      >
        {(items) => (
          <table className="list rooms">
            <thead>
              <tr>
                <th scope="col">{t("room")}</th>
                <th scope="col">{t("endsIn")}</th>
                <th scope="col" className="wide-only created">{t("created")}</th>
                <th scope="col" className="wide-only">{t("people")}</th>
                <th scope="col">{t("copyLinkFor")}</th>
                <th scope="col"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {items.map((room) => (
                <Row key={room.roomName} room={room} onEnd={() => setEnding(room.roomName)} />
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {ending !== null && (
        <EndRoom
          name={ending}
          onClose={() => setEnding(null)}
          onEnded={() => {
            setEnding(null);
            void dropFrom<Room>(ROOMS, ({ roomName }) => roomName === ending);
          }}
        />
      )}
    </>
  );
}

function Row({ room, onEnd }: { room: Room; onEnd: () => void }) {
  const off = PREFERENCES.filter(({ name }) => !room.preferences[name].enabled);
  return (
    <tr>
      <th scope="row">
        <a href={paths.room(room.roomName)}><RoomName name={room.roomName} /></a>
        {room.status !== "open" && <span className={`status row-status status-${room.status === "closed" ? "over" : "live"}`}>{t(room.status === "closed" ? "isClosed" : "isMeeting")}</span>}
        {off.length > 0 && <span className="row-note">{t("without", { what: list(off.map(({ label }) => t(label))) })}</span>}
      </th>
      <td data-label={t("endsIn")}><Expiry at={room.expirationDate} /></td>
      <td className="wide-only created soft" title={when(room.creationDate)}>{date(room.creationDate)}</td>
      <td className="wide-only soft">{room.maxParticipants ? t("atMost", { count: room.maxParticipants }) : t("anyNumber")}</td>
      <td data-label={t("copyLinkFor")}>
        <span className="joined">
          {ROLES.map(({ url, role }) => (
            <CopyButton key={role} label={t(role)} name={t("copyLinkOf", { role: t(role), name: room.roomName })} text={room[url]} />
          ))}
        </span>
      </td>
      <td className="row-actions">
        <button className="small plain danger" aria-label={t("endRoomNamed", { name: room.roomName })} onClick={onEnd}>{t("end")}</button>
      </td>
    </tr>
  );
}
