import { Close } from "../icons";
import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { RoomName } from "../rooms/RoomName";
import { paths, type RecordingFilter } from "../route";
import { t } from "../words";
import { Recordings } from "./Recordings";
import { isSearched } from "./search";
import { SearchForm } from "./SearchForm";
import { FILTERS } from "./status";

export function RecordingsPage({ filter: { status, room, prefix, from, until } }: { filter: RecordingFilter }) {
  const filter = { status, room, prefix, from, until };
  const isFiltered = status !== "" || room !== "" || isSearched(filter);
  return (
    <>
      <div className="page-head">
        <Heading title={t("recordings")} />
        {room !== "" && (
          <span className="chip">
            <span className="visually-hidden">{t("room")}: </span>
            <RoomName name={room} />
            <a href={paths.recordingsOf({ ...filter, room: "" })} aria-label={t("allRooms")} title={t("allRooms")}><Close /></a>
          </span>
        )}
      </div>
      <nav className="tabs" aria-label={t("filter")}>
        {FILTERS.map((each) => (
          <a key={each.word} href={paths.recordingsOf({ ...filter, status: each.status })} aria-current={each.status === status ? "true" : undefined}>
            {t(each.word)}
          </a>
        ))}
      </nav>
      <SearchForm key={room} filter={filter} />
      <Recordings
        key={`${status} ${room}`}
        status={status}
        room={room}
        search={filter}
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
