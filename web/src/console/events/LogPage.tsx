import { Fragment, useState } from "react";
import type { EventType, MeetEvent } from "../../shared/types";
import { exactly } from "../../shared/format";
import { actorOf } from "../actors";
import { Chevron, Close } from "../icons";
import { Heading } from "../parts/Heading";
import { Listing } from "../parts/Listing";
import { Notice } from "../parts/Notice";
import { RoomFilter } from "../parts/RoomFilter";
import { RoomName } from "../rooms/RoomName";
import { go, paths } from "../route";
import { t } from "../words";
import { MOST_KEPT, useLog, type Log } from "./log";
import { noteOf } from "./sentences";
import { everyOf, SUBJECTS, TYPES, typesOf } from "./types";

const STEP = 100;

export function LogPage({ types, room }: { types: string; room: string }) {
  const filters = [{ types: "", word: "everySubject" as const, name: "" }, ...SUBJECTS.map(({ name, word }) => ({ types: everyOf(name), word, name }))];
  const subject = types.split(".")[0];
  return (
    <>
      <div className="page-head">
        <Heading title={t("events")} />
        <span className="head-tools">
          {room ? (
            <span className="chip">
              <span className="visually-hidden">{t("room")}: </span>
              <RoomName name={room} />
              <a href={paths.events(types)} aria-label={t("allRooms")} title={t("allRooms")}><Close /></a>
            </span>
          ) : <RoomFilter pathOf={(name) => paths.events(types, name)} />}
          <TypeFilter types={types} room={room} />
          <a className="button" href={paths.webhooks}>{t("webhooks")}</a>
        </span>
      </div>
      <nav className="tabs" aria-label={t("filterTypes")}>
        {filters.map((each) => (
          <a key={each.word} href={paths.events(each.types, room)} aria-current={each.name === subject ? "true" : undefined}>
            {t(each.word)}
          </a>
        ))}
      </nav>
      <Events key={`${types} ${room}`} types={types} room={room} />
    </>
  );
}

function TypeFilter({ types, room }: { types: string; room: string }) {
  return (
    <select className="select" aria-label={t("oneType")} value={types in TYPES ? types : ""} onChange={(event) => go(paths.events(event.target.value, room))}>
      <option value="">{t("anyType")}</option>
      {SUBJECTS.map(({ name, word }) => (
        <optgroup key={name} label={t(word)}>
          {typesOf(name).map((type) => <option key={type} value={type}>{t(TYPES[type])}</option>)}
        </optgroup>
      ))}
    </select>
  );
}

function Events({ types, room }: { types: string; room: string }) {
  const { data: log, error, refetch } = useLog({ types, room });
  const [most, setMost] = useState(STEP);
  const isFiltered = types !== "" || room !== "";
  const events = log?.isWhole ? log.events : null;
  return (
    <>
      <LogState log={log} isFiltered={isFiltered} isOfRoom={room !== ""} isFailing={error !== null} />
      <Listing
        items={events?.slice(0, most) ?? null}
        error={error}
        hasMore={(events?.length ?? 0) > most}
        isMore={false}
        reload={refetch}
        more={async () => setMost(most + STEP)}
        empty={isFiltered ? (
          <Notice title={t("nothingFound")} text={t("noneFoundText")}>
            <a className="button" href={paths.events()}>{t("allEvents")}</a>
          </Notice>
        ) : <Notice title={t("noEvents")} text={t("noEventsText")} />}
      >
        {(items) => (
          <table className="list events">
            <thead>
              <tr>
                <th scope="col">{t("happened")}</th>
                <th scope="col">{t("room")}</th>
                <th scope="col">{t("actor")}</th>
                <th scope="col">{t("time")}</th>
                <th scope="col"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>{items.map((event) => <Row key={event.id} event={event} />)}</tbody>
          </table>
        )}
      </Listing>
    </>
  );
}

interface LogStateProps {
  log: Log | undefined;
  isFiltered: boolean;
  isOfRoom: boolean;
  isFailing: boolean;
}

/** How much of the log is shown, and whether it is followed. */
function LogState({ log, isFiltered, isOfRoom, isFailing }: LogStateProps) {
  if (!log) return null;
  const { events, count, isWhole, isRestarted } = log;
  if (!isWhole) {
    const newest = events[0];
    const read = { count };
    return (
      <p className="log-state" role="status">
        {newest ? t("readingLogUntil", { ...read, time: exactly(Date.parse(newest.timestamp)) }) : t("readingLog", read)}
      </p>
    );
  }
  const shown = { shown: MOST_KEPT, count };
  return (
    <div className="log-state">
      <span className={isFailing ? "status" : "status status-live"}>{isFailing ? t("isPaused") : t("isLive")}</span>
      {isOfRoom && <span>{t("roomIsLate")}</span>}
      {count > events.length && <span>{t(isFiltered ? "newestMatching" : "newestOnly", shown)}</span>}
      {isRestarted && <span role="alert">{t("logRestarted")}</span>}
    </div>
  );
}

function Row({ event }: { event: MeetEvent }) {
  const [isOpen, setOpen] = useState(false);
  const { id, roomName, position, timestamp, data } = event;
  const type: EventType = event.type;
  const note = noteOf(event);
  const actor = actorOf(event.actor);
  return (
    <Fragment>
      <tr className={isOpen ? "opened" : ""}>
        <th scope="row">
          <span className="event-name">{TYPES[type] ? t(TYPES[type]) : type}</span>
          {note && <span className="row-note">{note}</span>}
        </th>
        <td className="event-room"><a href={paths.room(roomName)}><RoomName name={roomName} /></a></td>
        <td className="soft">{actor}</td>
        <td className="soft"><time dateTime={timestamp}>{exactly(Date.parse(timestamp))}</time></td>
        <td className="row-actions">
          <button
            className="small plain icon-only"
            aria-expanded={isOpen}
            aria-controls={isOpen ? id : undefined}
            aria-label={t("details", { position })}
            onClick={() => setOpen(!isOpen)}
          >
            <Chevron />
          </button>
        </td>
      </tr>
      {isOpen && (
        <tr id={id} className="event-details">
          <td colSpan={5}>
            <p className="address">{id} · {type} · {position}</p>
            <pre tabIndex={0}>{JSON.stringify(data, null, 2)}</pre>
          </td>
        </tr>
      )}
    </Fragment>
  );
}
