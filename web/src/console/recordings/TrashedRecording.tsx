import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { restoreRecording } from "../api";
import { when } from "../../shared/format";
import { isNotFound } from "../../shared/http";
import { Restore, Trash } from "../icons";
import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { toast } from "../parts/toasts";
import { keys, queryClient } from "../queries";
import { RoomName } from "../rooms/RoomName";
import { sentence } from "../sentences";
import { t } from "../words";
import { findTrashed } from "./api";
import { Fact, Facts } from "./Facts";
import { NotLoaded } from "./NotLoaded";
import { Timeline, useTimeline } from "./Timeline";

/** A recording that the API does not show: what happened to it, if it is in the trash or being deleted. */
export function TrashedRecording({ id }: { id: string }) {
  const { data: entries, error, refetch } = useTimeline(id, null);
  const isDeleting = entries?.some(({ type }) => type === "deleting") ?? false;
  const { data: recording = null } = useQuery({
    queryKey: keys.trashed(id),
    queryFn: () => findTrashed(id),
    enabled: entries !== undefined,
  });
  const [isBusy, setBusy] = useState(false);

  const restore = async () => {
    setBusy(true);
    try {
      queryClient.setQueryData(keys.recording(id), await restoreRecording(id));
      toast(t("restored", { count: 1 }));
    } catch (problem) {
      toast(sentence(problem));
      void queryClient.invalidateQueries({ queryKey: keys.recording(id) }); // it may be there again, or gone
      void refetch();
      setBusy(false);
    }
  };

  if (isNotFound(error)) return <Notice title={t("recordingGoneTitle")} text={t("recordingGone")} isMain />;
  if (!entries) return <NotLoaded error={error} reload={refetch} />;
  const name = recording?.roomName;
  return (
    <>
      <div className="page-head">
        <Heading title={name ?? t("recording")}>{name && <RoomName name={name} />}</Heading>
        {!isDeleting && (
          <span className="buttons">
            <button disabled={isBusy} onClick={() => void restore()}><Restore />{t("restore")}</button>
          </span>
        )}
      </div>
      <p className="closed-note held-note"><Trash />{t(isDeleting ? "beingDeleted" : "inTrash")}</p>
      {recording && (
        <Facts recording={recording}>
          {recording.deletedAt !== undefined && <Fact word="deletedOn">{when(recording.deletedAt)}</Fact>}
          {recording.restorableUntil !== undefined && <Fact word="goneOn">{when(recording.restorableUntil)}</Fact>}
        </Facts>
      )}
      <Timeline entries={entries} recording={recording} error={error} reload={refetch} />
    </>
  );
}
