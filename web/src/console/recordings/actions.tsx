import { useState } from "react";
import { deleteRecordings, downloadOf, stopRecording } from "../api";
import type { Recording } from "../../shared/types";
import { days } from "../../shared/format";
import { Confirm } from "../parts/Confirm";
import { toast } from "../parts/toasts";
import { sentence } from "../sentences";
import { useTrashDays } from "../session";
import { t } from "../words";

/** Download the file. The browser stays on the page. */
export async function download(recording: Recording): Promise<void> {
  try {
    window.location.assign(await downloadOf(recording.id));
  } catch (error) {
    toast(sentence(error));
  }
}

/** Stop a running recording. */
export function useStop(reload: () => Promise<unknown>) {
  const [stopping, setStopping] = useState<string | null>(null);
  const stop = async ({ id }: Recording) => {
    setStopping(id);
    try {
      await stopRecording(id);
      await reload();
    } catch (error) {
      toast(sentence(error));
    }
    setStopping(null);
  };
  return { stop, stopping };
}

interface Props {
  recordings: Recording[];
  onDeleted: (ids: Set<string>) => void;
  onClose: () => void;
}

/** Asks before recordings are deleted. */
export function DeleteRecordings({ recordings, onDeleted, onClose }: Props) {
  const count = recordings.length;
  const trashDays = useTrashDays();
  const act = async () => {
    const gone = new Set(await deleteRecordings(recordings.map(({ id }) => id)));
    if (gone.size === count) toast(t(trashDays > 0 ? "trashed" : "deleted", { count }));
    else toast(t("deletedSome", { count: gone.size, all: count }));
    onDeleted(gone);
  };
  return (
    <Confirm
      title={t("deleteAsk", { count })}
      text={t(trashDays > 0 ? "deleteToTrash" : "deleteText", { count, name: recordings[0]?.roomName ?? "", time: days(trashDays) })}
      action={t("delete")}
      act={act}
      onClose={onClose}
    />
  );
}
