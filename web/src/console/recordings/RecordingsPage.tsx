import { Close } from "../icons";
import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { RoomFilter } from "../parts/RoomFilter";
import { RoomName } from "../rooms/RoomName";
import { paths } from "../route";
import { t } from "../words";
import { Recordings } from "./Recordings";
import { FILTERS } from "./status";

export function RecordingsPage({ status, room }: { status: string; room: string }) {
  const isFiltered = status !== "" || room !== "";
  return (
    <>
      <div className="page-head">
        <Heading title={t("recordings")} />
        {room ? (
          <span className="chip">
            <span className="visually-hidden">{t("room")}: </span>
            <RoomName name={room} />
            <a href={paths.recordings(status)} aria-label={t("allRooms")} title={t("allRooms")}><Close /></a>
          </span>
        ) : <RoomFilter pathOf={(name) => paths.recordings(status, name)} />}
      </div>
      <nav className="tabs" aria-label={t("filter")}>
        {FILTERS.map((each) => (
          <a key={each.word} href={paths.recordings(each.status, room)} aria-current={each.status === status ? "true" : undefined}>
            {t(each.word)}
          </a>
        ))}
      </nav>
      <Recordings
        key={`${status} ${room}`}
        status={status}
        room={room}
        isOfMany
        empty={isFiltered ? (
          <Notice title={t("nothingFound")} text={t("nothingFoundText")}>
            <a className="button" href={paths.recordings()}>{t("allRecordings")}</a>
          </Notice>
        ) : (
          <Notice title={t("noRecordings")} text={t("noRecordingsText")}>
            <a className="button" href={paths.rooms}>{t("toRooms")}</a>
          </Notice>
        )}
      />
    </>
  );
}
