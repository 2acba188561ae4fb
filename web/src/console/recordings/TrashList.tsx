import { useState, type ReactNode } from "react";
import { restoreRecording } from "../api";
import type { Recording } from "../../shared/types";
import { days, when } from "../../shared/format";
import { Restore } from "../icons";
import { focusHeading } from "../parts/focus";
import { Listing } from "../parts/Listing";
import { Notice } from "../parts/Notice";
import { PickAll, Picked, toggled } from "../parts/Picked";
import { doneWith } from "../parts/several";
import { toast } from "../parts/toasts";
import { dropFrom } from "../queries";
import { RoomName } from "../rooms/RoomName";
import { paths } from "../route";
import { sentence } from "../sentences";
import { useTrashDays } from "../session";
import { t } from "../words";
import { isSearched, type Searched } from "./search";
import { StatusMark } from "./StatusMark";
import { useSearched } from "./useSearched";

interface Props {
  room: string;
  search: Searched;
  /** Shown where nothing matches. */
  nothingFound: ReactNode;
}

/** The recordings that were deleted and can be restored. */
export function TrashList({ room, search, nothingFound }: Props) {
  const path = `/recordings?${new URLSearchParams({ deleted: "true", ...(room && { roomName: room }) })}`;
  const { note, ...recordings } = useSearched(path, search);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const trashDays = useTrashDays();
  const items = recordings.items ?? [];
  const picked = items.filter(({ id }) => chosen.has(id));
  const pickAll = (all: boolean) => setChosen(new Set(all ? items.map(({ id }) => id) : []));

  const restore = async (wanted: Recording[]) => {
    setBusy(true);
    let problem: unknown = null;
    const done = await doneWith(wanted, ({ id }) => restoreRecording(id).catch((error: unknown) => {
      problem = error;
      throw error;
    }));
    const count = done.length;
    if (count === wanted.length) toast(t("restored", { count }));
    else toast(wanted.length === 1 ? sentence(problem) : t("restoredSome", { count, all: wanted.length }));
    const back = new Set(done.map(({ id }) => id));
    await dropFrom<Recording>(path, ({ id }) => back.has(id));
    if (problem !== null) void recordings.reload(); // the list may be old
    setBusy(false);
    focusHeading();
  };

  const empty = room !== "" || isSearched(search) ? nothingFound : (
    <Notice title={t("trashEmpty")} text={trashDays > 0 ? t("trashEmptyText", { time: days(trashDays) }) : t("noTrash")} />
  );
  return (
    <>
      {note}
      <Picked count={picked.length} of={items.length} onAll={pickAll}>
        <button className="small" disabled={isBusy} onClick={() => void restore(picked)}><Restore />{t("restoreChosen", { count: picked.length })}</button>
      </Picked>
      <Listing {...recordings} empty={empty}>
        {(shown) => (
          <table className="list recordings trash">
            <thead>
              <tr>
                <th scope="col" className="pick">
                  <PickAll label={t("pickAllDeleted")} picked={picked.length} of={items.length} onChange={pickAll} />
                </th>
                <th scope="col">{t("room")}</th>
                <th scope="col">{t("status")}</th>
                <th scope="col">{t("deletedOn")}</th>
                <th scope="col">{t("goneOn")}</th>
                <th scope="col" className="row-actions"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {shown.map((each) => (
                <Row
                  key={each.id}
                  recording={each}
                  isPicked={chosen.has(each.id)}
                  isBusy={isBusy}
                  onPick={() => setChosen(toggled(chosen, each.id))}
                  onRestore={() => void restore([each])}
                />
              ))}
            </tbody>
          </table>
        )}
      </Listing>
    </>
  );
}

interface RowProps {
  recording: Recording;
  isPicked: boolean;
  isBusy: boolean;
  onPick: () => void;
  onRestore: () => void;
}

function Row({ recording, isPicked, isBusy, onPick, onRestore }: RowProps) {
  const { id, roomName: name, startedAt, deletedAt, restorableUntil } = recording;
  const time = startedAt === undefined ? t("notStarted") : when(startedAt);
  return (
    <tr className={isPicked ? "picked" : ""}>
      <td className="pick"><input type="checkbox" aria-label={t("pick", { name, time })} checked={isPicked} onChange={onPick} /></td>
      <th scope="row"><a href={paths.recording(id)}><RoomName name={name} /></a><span className="row-note">{time}</span></th>
      <td><StatusMark recording={recording} /></td>
      <td className="soft" data-label={t("deletedOn")}>{deletedAt === undefined ? "–" : when(deletedAt)}</td>
      <td className="soft" data-label={t("goneOn")}>{restorableUntil === undefined ? "–" : when(restorableUntil)}</td>
      <td className="row-actions">
        <button className="small" disabled={isBusy} aria-label={t("restoreNamed", { name, time })} onClick={onRestore}><Restore />{t("restore")}</button>
      </td>
    </tr>
  );
}
