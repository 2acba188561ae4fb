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
import { TrashList } from "./TrashList";

export function RecordingsPage({ filter: { status, room, prefix, from, until, deleted } }: { filter: RecordingFilter }) {
  const filter = { status, room, prefix, from, until, deleted };
  const isFiltered = status !== "" || room !== "" || isSearched(filter);
  const isTrash = deleted === "true";
  const nothingFound = (
    <Notice title={t("nothingFound")} text={t("nothingFoundText")}>
      <a className="button" href={paths.recordings()}>{t("allRecordings")}</a>
    </Notice>
  );
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
          <a key={each.word} href={paths.recordingsOf({ ...filter, status: each.status, deleted: "" })} aria-current={!isTrash && each.status === status ? "true" : undefined}>
            {t(each.word)}
          </a>
        ))}
        <a href={paths.recordingsOf({ ...filter, status: "", deleted: "true" })} aria-current={isTrash ? "true" : undefined}>{t("trash")}</a>
      </nav>
      <SearchForm key={room} filter={filter} />
      {isTrash ? (
        <TrashList key={room} room={room} search={filter} nothingFound={nothingFound} />
      ) : (
        <Recordings
          key={`${status} ${room}`}
          status={status}
          room={room}
          search={filter}
          isOfMany
          empty={isFiltered ? nothingFound : (
            <Notice title={t("noRecordings")} text={t("noRecordingsText")}>
              <a className="button" href={paths.rooms}>{t("toRooms")}</a>
            </Notice>
          )}
        />
      )}
    </>
  );
}
