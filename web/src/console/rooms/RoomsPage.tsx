import { useState } from "react";
import type { Room } from "../../shared/types";
import { Plus } from "../icons";
import { focusHeading } from "../parts/focus";
import { Heading } from "../parts/Heading";
import { Listing } from "../parts/Listing";
import { Notice } from "../parts/Notice";
import { PickAll, Picked, toggled } from "../parts/Picked";
import { usePages } from "../parts/usePages";
import { useReadOn } from "../parts/useReadOn";
import { dropFrom, IDLE_POLL } from "../queries";
import { paths, stay } from "../route";
import { t, type Word } from "../words";
import { EndRoom } from "./EndRoom";
import { ORDERS, sorted } from "./order";
import { RoomRow } from "./RoomRow";
import { SeveralRooms } from "./SeveralRooms";

const ROOMS = "/rooms";
const MOST_COUNTED = 30; // meetings whose participants are counted, each by a request

const FILTERS: { word: Word; status: string }[] = [
  { word: "filterAllRooms", status: "" },
  { word: "filterMeeting", status: "active_meeting" },
  { word: "filterClosed", status: "closed" },
];

interface Props {
  status: string;
  search: string;
  sort: string;
}

/** The rooms. The API neither searches nor sorts: the page does, over the rooms that it has loaded. */
export function RoomsPage({ status, search, sort }: Props) {
  const { items: loaded, ...rooms } = usePages<Room>(ROOMS, (_, pages) => pages * IDLE_POLL);
  const [text, setText] = useState(search);
  const [address, setAddress] = useState(search);
  if (search !== address) { // a link was followed, or the address has caught up with what was typed
    setAddress(search);
    setText(search);
  }
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [ending, setEnding] = useState<string | null>(null);

  const isFiltered = status !== "" || text !== "";
  const isReading = useReadOn({ items: loaded, ...rooms }, isFiltered || sort !== "");
  const wanted = text.trim().toLowerCase();
  const matching = loaded?.filter((room) => (status === "" || room.status === status) && room.roomName.toLowerCase().includes(wanted));
  const found = matching ? sorted(matching, sort) : null;
  const picked = (found ?? []).filter(({ roomName }) => chosen.has(roomName));
  const counted = new Set((found ?? []).filter((room) => room.status === "active_meeting").slice(0, MOST_COUNTED).map(({ roomName }) => roomName));
  const pickAll = (all: boolean) => setChosen(new Set(all ? found?.map(({ roomName }) => roomName) : []));

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
                stay(paths.roomsOf(status, event.target.value, sort));
              }}
            />
          </span>
          {newRoom}
        </span>
      </div>
      <div className="tabs-row">
        <nav className="tabs" aria-label={t("filter")}>
          {FILTERS.map((each) => (
            <a key={each.word} href={paths.roomsOf(each.status, text, sort)} aria-current={each.status === status ? "true" : undefined}>
              {t(each.word)}
            </a>
          ))}
        </nav>
        <select className="select" aria-label={t("sortBy")} value={sort} onChange={(event) => stay(paths.roomsOf(status, text, event.target.value))}>
          {ORDERS.map(({ name, word }) => <option key={name} value={name}>{t(word)}</option>)}
        </select>
      </div>
      {isReading && loaded && <p className="hint filter-hint" role="status">{t("readingOn", { count: loaded.length })}</p>}
      {!isReading && isFiltered && rooms.hasMore && loaded && <p className="hint filter-hint" role="status">{t("searchedSome", { count: loaded.length })}</p>}
      <Picked count={picked.length} of={found?.length ?? 0} onAll={pickAll}>
        <SeveralRooms
          path={ROOMS}
          rooms={picked}
          onDone={(done) => {
            setChosen(new Set(picked.filter((room) => !done.includes(room)).map(({ roomName }) => roomName)));
            focusHeading();
          }}
        />
      </Picked>
      <Listing
        {...rooms}
        items={found}
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
                <th scope="col" className="pick"><PickAll label={t("pickAllRooms")} picked={picked.length} of={items.length} onChange={pickAll} /></th>
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
                <RoomRow
                  key={room.roomName}
                  room={room}
                  isPicked={chosen.has(room.roomName)}
                  counts={counted.has(room.roomName)}
                  onPick={() => setChosen(toggled(chosen, room.roomName))}
                  onEnd={() => setEnding(room.roomName)}
                />
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
