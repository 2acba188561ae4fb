import { useState, type ReactNode } from "react";
import { linkTo } from "../api";
import type { Recording } from "../../shared/types";
import { size, when } from "../../shared/format";
import { Download, Lock, Play, Stop, Trash } from "../icons";
import { CopyButton } from "../parts/CopyButton";
import { focusHeading } from "../parts/focus";
import { Listing } from "../parts/Listing";
import { Notice } from "../parts/Notice";
import { PickAll, Picked, toggled } from "../parts/Picked";
import { dropFrom } from "../queries";
import { RoomName } from "../rooms/RoomName";
import { paths } from "../route";
import { t } from "../words";
import { DeleteRecordings, download, useStop } from "./actions";
import type { Searched } from "./search";
import { canStop, canDelete } from "./status";
import { Length, StatusMark } from "./StatusMark";
import { useSearched } from "./useSearched";

interface Props {
  status?: string;
  room?: string;
  /** What the page selects by itself. */
  search?: Searched;
  /** Show each recording's room. */
  isOfMany?: boolean;
  empty?: ReactNode;
}

/** The path of the list of recordings of a status or a room, or of all. */
export function listPath(status: string, room: string): string {
  const query = new URLSearchParams(Object.entries({ status, roomName: room }).filter(([, value]) => value));
  return query.size ? `/recordings?${query}` : "/recordings";
}

const EVERYTHING = { prefix: "", from: "", until: "" };

/** A list of recordings, and the actions on one or several of them. */
export function Recordings({ status = "", room = "", search = EVERYTHING, isOfMany = false, empty }: Props) {
  const path = listPath(status, room);
  const { note, ...recordings } = useSearched(path, search);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [deleting, setDeleting] = useState<Recording[] | null>(null);
  const { stop, stopping } = useStop(recordings.reload);

  const deletable = (recordings.items ?? []).filter(canDelete);
  const picked = deletable.filter(({ id }) => chosen.has(id));
  const pickAll = (all: boolean) => setChosen(new Set(all ? deletable.map(({ id }) => id) : []));

  return (
    <>
      {note}
      <Picked count={picked.length} of={deletable.length} onAll={pickAll}>
        <button className="small danger" onClick={() => setDeleting(picked)}><Trash />{t("deleteChosen", { count: picked.length })}</button>
      </Picked>
      <Listing {...recordings} empty={empty ?? <Notice title={t("noRecordings")} text={t("noRecordingsText")} />}>
        {(items) => (
          <table className={isOfMany ? "list recordings of-many" : "list recordings"}>
            <thead>
              <tr>
                <th scope="col" className="pick">
                  <PickAll label={t("pickAll")} picked={picked.length} of={deletable.length} onChange={pickAll} />
                </th>
                <th scope="col">{isOfMany ? t("room") : t("recording")}</th>
                <th scope="col">{t("status")}</th>
                <th scope="col" className="number">{t("length")}</th>
                <th scope="col" className="number wide-only">{t("size")}</th>
                <th scope="col" className="row-actions"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {items.map((each) => (
                <Row
                  key={each.id}
                  recording={each}
                  isOfMany={isOfMany}
                  isPicked={chosen.has(each.id)}
                  isStopping={stopping === each.id}
                  onPick={() => setChosen(toggled(chosen, each.id))}
                  onStop={() => void stop(each)}
                  onDelete={() => setDeleting([each])}
                />
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {deleting && (
        <DeleteRecordings
          recordings={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={(gone) => {
            setDeleting(null);
            void dropFrom<Recording>(path, ({ id }) => gone.has(id));
            focusHeading();
          }}
        />
      )}
    </>
  );
}

interface RowProps {
  recording: Recording;
  isOfMany: boolean;
  isPicked: boolean;
  isStopping: boolean;
  onPick: () => void;
  onStop: () => void;
  onDelete: () => void;
}

function Row({ recording, isOfMany, isPicked, isStopping, onPick, onStop, onDelete }: RowProps) {
  const { id, roomName, status, startedAt, hold } = recording;
  const started = startedAt === undefined ? t("notStarted") : when(startedAt);
  const what = { name: roomName, time: started };
  return (
    <tr className={isPicked ? "picked" : ""}>
      <td className="pick">
        <input type="checkbox" aria-label={t("pick", what)} disabled={!canDelete(recording)} checked={isPicked} onChange={onPick} />
      </td>
      <th scope="row">
        {isOfMany ? (
          <>
            <a href={paths.recording(id)}><RoomName name={roomName} /></a>
            <span className="row-note">{started}</span>
          </>
        ) : <a href={paths.recording(id)}>{started}</a>}
      </th>
      <td>
        <StatusMark recording={recording} />
        {hold && <span className="row-note"><Lock /> {t("heldBecause", { reason: hold.reason })}</span>}
      </td>
      <td className="number soft"><Length recording={recording} /></td>
      <td className="number wide-only soft">{recording.size === undefined ? "–" : size(recording.size)}</td>
      <td className="row-actions">
        <span className="buttons">
          {status === "READY" && (
            <>
              <a className="button small plain icon-only" href={paths.recording(id)} aria-label={t("playNamed", what)} title={t("play")}><Play /></a>
              <button className="small plain icon-only" aria-label={t("downloadNamed", what)} title={t("download")} onClick={() => void download(recording)}><Download /></button>
              <CopyButton label={t("copyLink")} name={t("copyLinkNamed", what)} text={() => linkTo(id)} className="small plain icon-only" isIcon />
            </>
          )}
          {canStop(recording) && (
            <button className="small" disabled={isStopping} aria-label={t("stopNamed", what)} onClick={onStop}><Stop />{t("stop")}</button>
          )}
          {canDelete(recording) && (
            <button className="small plain icon-only danger" aria-label={t("deleteNamed", what)} title={t("delete")} onClick={onDelete}><Trash /></button>
          )}
        </span>
      </td>
    </tr>
  );
}
