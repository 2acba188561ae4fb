import { useEffect, useState } from "react";
import { getRoom, startRecording, updateRoom } from "../api";
import type { Preferences, Recording, Room } from "../../shared/types";
import { fully, number, when } from "../format";
import { isNotFound } from "../../shared/http";
import { Back, Record } from "../icons";
import { Switch } from "../parts/Field";
import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { toast } from "../parts/toasts";
import { Recordings } from "../recordings/Recordings";
import { go, paths } from "../route";
import { sentence } from "../sentences";
import { t } from "../words";
import { EndRoom } from "./EndRoom";
import { Expiry } from "./Expiry";
import { JoinLinks } from "./JoinLinks";
import { PREFERENCES } from "./preferences";
import { RoomName } from "./RoomName";

export function RoomPage({ name }: { name: string }) {
  const [room, setRoom] = useState<Room | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    getRoom(name).then(
      (found) => isCurrent && setRoom(found),
      (problem: unknown) => isCurrent && setError(problem),
    );
    return () => {
      isCurrent = false;
    };
  }, [name, attempt]);

  const toRooms = <a className="back" href={paths.rooms}><Back />{t("rooms")}</a>;
  if (room) return <>{toRooms}<Shown room={room} onChange={setRoom} /></>;
  if (error === null) return <>{toRooms}<Heading title={name}><RoomName name={name} /></Heading></>;
  if (isNotFound(error)) {
    return (
      <>
        {toRooms}
        <Heading title={t("roomGoneTitle")} />
        <p className="lead">{t("roomGoneText")}</p>
        <Recordings room={name} />
      </>
    );
  }
  return (
    <>
      {toRooms}
      <Notice title={t("notShown")} text={sentence(error)} isMain>
        <button onClick={() => { setError(null); setAttempt(attempt + 1); }}>{t("tryAgain")}</button>
      </Notice>
    </>
  );
}

function Shown({ room, onChange }: { room: Room; onChange: (room: Room) => void }) {
  const [isEnding, setEnding] = useState(false);
  const [started, setStarted] = useState<Recording | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const name = room.roomName;

  const record = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setStarted(await startRecording(name));
      toast(t("recordingBegins"));
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };

  return (
    <>
      <div className="page-head">
        <Heading title={name}><RoomName name={name} /></Heading>
        <span className="buttons">
          {room.preferences.recordingPreferences.enabled && (
            <button onClick={() => void record()} disabled={isBusy}><Record />{isBusy ? t("starting") : t("record")}</button>
          )}
          <button className="danger" onClick={() => setEnding(true)}>{t("endRoom")}</button>
        </span>
      </div>
      <dl className="facts">
        <div><dt>{t("endsIn")}</dt><dd><Expiry at={room.expirationDate} /> <span className="soft">· {fully(room.expirationDate)}</span></dd></div>
        <div><dt>{t("people")}</dt><dd>{room.maxParticipants ? t("atMost", { count: number(room.maxParticipants) }) : t("anyNumber")}</dd></div>
        <div><dt>{t("created")}</dt><dd>{when(room.creationDate)}</dd></div>
      </dl>
      {problem !== null && <p className="mistake banner" role="alert">{sentence(problem)}</p>}
      <div className="columns">
        <JoinLinks room={room} />
        <PreferencesCard room={room} onChange={onChange} />
      </div>
      <section aria-labelledby="recordings">
        <h2 id="recordings" className="list-title">{t("recordings")}</h2>
        <Recordings room={name} started={started} />
      </section>
      {isEnding && <EndRoom name={name} onClose={() => setEnding(false)} onEnded={() => go(paths.rooms)} />}
    </>
  );
}

function PreferencesCard({ room, onChange }: { room: Room; onChange: (room: Room) => void }) {
  const [wanted, setWanted] = useState<Partial<Preferences>>({}); // shown until the API has answered
  const [problem, setProblem] = useState<unknown>(null);
  const change = async (name: keyof Preferences, enabled: boolean) => {
    setWanted((before) => ({ ...before, [name]: { enabled } }));
    setProblem(null);
    try {
      onChange(await updateRoom(room.roomName, { [name]: { enabled } }));
      toast(t("saved"));
    } catch (error) {
      setProblem(error);
    }
    setWanted(({ [name]: _, ...others }) => others);
  };
  return (
    <section className="card section" aria-labelledby="preferences">
      <h2 id="preferences">{t("inTheRoom")}</h2>
      {PREFERENCES.map(({ name, label, text }) => (
        <Switch
          key={name}
          label={t(label)}
          text={t(text)}
          checked={(wanted[name] ?? room.preferences[name]).enabled}
          onChange={(enabled) => void change(name, enabled)}
        />
      ))}
      <p className="hint">{t("preferencesHint")}</p>
      {problem !== null && <p className="mistake" role="alert">{sentence(problem)}</p>}
    </section>
  );
}
