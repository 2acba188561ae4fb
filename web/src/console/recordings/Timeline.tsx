import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Recording, TimelineEntry } from "../../shared/types";
import { exactly, length, size } from "../../shared/format";
import { actorOf } from "../actors";
import { Listing } from "../parts/Listing";
import { keys, POLL } from "../queries";
import { t, type Word } from "../words";
import { getTimeline } from "./api";
import { isMoving } from "./status";

const WORDS: Record<TimelineEntry["type"], Word> = {
  requested: "toldRequested",
  startedAutomatically: "toldStartedAutomatically",
  started: "toldStarted",
  stopRequested: "toldStopRequested",
  hadToEnd: "toldHadToEnd",
  stopAccepted: "toldStopAccepted",
  recorderMissing: "toldRecorderMissing",
  meetingEmpty: "toldMeetingEmpty",
  ended: "toldEnded",
  failed: "toldFailed",
  fileArrived: "toldFileArrived",
  held: "toldHeld",
  holdChanged: "toldHoldChanged",
  released: "toldReleased",
  restored: "toldRestored",
  trashed: "toldTrashed",
  deleting: "toldDeleting",
};

const SOURCES: Record<TimelineEntry["source"], Word> = {
  caller: "fromCaller",
  room: "fromRoom",
  recorder: "fromRecorder",
  bucket: "fromBucket",
  sweep: "bySweep",
};

/** What happened to a recording, oldest first; `recording` is null if it is not known. */
export function useTimeline(id: string, recording: Recording | null) {
  const { status = "", duration = "", hold } = recording ?? {};
  return useQuery({
    queryKey: keys.timeline(id, `${status} ${duration} ${hold?.since ?? ""} ${hold?.reason ?? ""}`), // it grows when they change
    queryFn: () => getTimeline(id),
    placeholderData: keepPreviousData,
    refetchInterval: recording && isMoving(recording) ? POLL : false,
  });
}

interface Props {
  entries: TimelineEntry[] | undefined;
  recording: Recording | null;
  error: unknown;
  reload: () => Promise<unknown>;
}

/** What happened to a recording, when, and how that is known. */
export function Timeline({ entries, recording, error, reload }: Props) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className="list-title">{t("timeline")}</h2>
      <Listing items={entries ?? null} error={error} hasMore={false} isMore={false} reload={reload} more={reload} empty={null}>
        {(items) => (
          <table className="list timeline">
            <thead>
              <tr>
                <th scope="col">{t("time")}</th>
                <th scope="col">{t("happened")}</th>
                <th scope="col">{t("knownFrom")}</th>
                <th scope="col">{t("actor")}</th>
              </tr>
            </thead>
            <tbody>{items.map((each) => <Row key={`${each.at} ${each.type}`} entry={each} recording={recording} />)}</tbody>
          </table>
        )}
      </Listing>
    </section>
  );
}

function Row({ entry, recording }: { entry: TimelineEntry; recording: Recording | null }) {
  const { at, source, type, what, actor } = entry;
  const word = WORDS[type];
  return (
    <tr>
      <td className="soft"><time dateTime={new Date(at).toISOString()}>{exactly(at)}</time></td>
      <th scope="row">
        {word ? <span className="event-name">{t(word)}</span> : <span className="event-name" lang="en">{what}</span>}
        <Note entry={entry} recording={recording} />
      </th>
      <td className="soft" data-label={t("knownFrom")}>{t(SOURCES[source])}</td>
      <td className="soft" data-label={t("actor")}>{actorOf(actor)}</td>
    </tr>
  );
}

function Note({ entry: { type, reason }, recording }: { entry: TimelineEntry; recording: Recording | null }) {
  const { duration, size: bytes } = recording ?? {};
  switch (type) {
    case "ended":
      return duration !== undefined && <span className="row-note">{t("length")} {length(duration)}</span>;
    case "failed":
      return reason && <span className="row-note" lang="en">{reason}</span>;
    case "fileArrived":
      return bytes !== undefined && <span className="row-note">{size(bytes)}</span>;
    case "held":
    case "holdChanged":
      return reason && <span className="row-note">{reason}</span>;
  }
}
