import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { getRecording, linkTo } from "../api";
import type { Recording } from "../../shared/types";
import { when } from "../../shared/format";
import { isNotFound } from "../../shared/http";
import { Back, Download, Lock, Stop, Trash } from "../icons";
import { CopyButton } from "../parts/CopyButton";
import { Heading } from "../parts/Heading";
import { keys, POLL } from "../queries";
import { RoomName } from "../rooms/RoomName";
import { go, paths } from "../route";
import { sentence } from "../sentences";
import { t } from "../words";
import { DeleteRecordings, download, useStop } from "./actions";
import { Fact, Facts } from "./Facts";
import { HoldRecording, LiftHold } from "./Hold";
import { NotLoaded } from "./NotLoaded";
import { ShareLinks } from "./ShareLinks";
import { canDelete, canStop, isMoving } from "./status";
import { Timeline, useTimeline } from "./Timeline";
import { TrashedRecording } from "./TrashedRecording";

export function RecordingPage({ id }: { id: string }) {
  const { data: recording, error, refetch } = useQuery({
    queryKey: keys.recording(id),
    queryFn: () => getRecording(id),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? POLL : false),
  });

  const back = <a className="back" href={paths.recordings()}><Back />{t("recordings")}</a>;
  if (isNotFound(error)) return <>{back}<TrashedRecording id={id} /></>;
  if (!recording) return <>{back}<NotLoaded error={error} reload={refetch} /></>;
  return <>{back}<Shown recording={recording} reload={refetch} /></>;
}

function Shown({ recording, reload }: { recording: Recording; reload: () => Promise<unknown> }) {
  const [asked, setAsked] = useState<"delete" | "hold" | "lift" | null>(null);
  const { stop, stopping } = useStop(reload);
  const { data: entries, error, refetch } = useTimeline(recording.id, recording);
  const { id, roomName, status, expirationDate, hold } = recording;
  const close = () => setAsked(null);
  const changed = () => {
    close();
    void reload();
  };
  return (
    <>
      <div className="page-head">
        <Heading title={roomName}><RoomName name={roomName} /></Heading>
        <span className="buttons">
          {status === "READY" && (
            <>
              <button onClick={() => void download(recording)}><Download />{t("download")}</button>
              <CopyButton label={t("copyLink")} text={() => linkTo(id)} className="" />
            </>
          )}
          {canStop(recording) && (
            <button disabled={stopping !== null} onClick={() => void stop(recording)}><Stop />{t("stop")}</button>
          )}
          <button onClick={() => setAsked(hold ? "lift" : "hold")}><Lock />{t(hold ? "liftHold" : "hold")}</button>
          {canDelete(recording) && (
            <button className="danger" onClick={() => setAsked("delete")}><Trash />{t("delete")}</button>
          )}
        </span>
      </div>
      {hold && <p className="closed-note held-note"><Lock />{t("heldSince", { time: when(hold.since), reason: hold.reason })}</p>}
      <Facts recording={recording}>
        {expirationDate !== undefined && !hold && <Fact word="keptUntil">{when(expirationDate)}</Fact>}
      </Facts>
      {status === "READY" && <Player key={id} id={id} />}
      {isMoving(recording) && status !== "READY" && <p className="lead">{t("notYet")}</p>}
      {status === "READY" && <ShareLinks recording={recording} />}
      <Timeline entries={entries} recording={recording} error={error} reload={refetch} />
      {asked === "delete" && <DeleteRecordings recordings={[recording]} onClose={close} onDeleted={() => go(paths.recordings())} />}
      {asked === "hold" && <HoldRecording id={id} onClose={close} onDone={changed} />}
      {asked === "lift" && <LiftHold recording={recording} onClose={close} onDone={changed} />}
    </>
  );
}

function Player({ id }: { id: string }) {
  const [attempt, setAttempt] = useState(0);
  const [source, setSource] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);

  // Not the stream's own address: the file is replaced soon after it has come, and a link goes on with that one.
  useEffect(() => {
    linkTo(id).then((link) => setSource(pathOf(link)), setProblem);
  }, [id, attempt]);

  // A player does not say why it failed. Another link does, and shows the login if the session has ended.
  const failed = () => {
    setSource(null);
    if (attempt === 0) setAttempt(1);
    else setProblem("unplayable");
  };
  if (problem !== null) {
    return <p className="mistake banner" role="alert">{problem === "unplayable" ? t("unplayable") : sentence(problem)}</p>;
  }
  return (
    <video key={attempt} className="player" controls playsInline preload="metadata" aria-label={t("recording")} src={source ?? undefined} onError={failed} />
  );
}

/** A link without its origin: the page's own may be another than the stack's public one. */
function pathOf(link: string) {
  const { pathname, search } = new URL(link);
  return pathname + search;
}
