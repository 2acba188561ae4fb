import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getRoom, startRecording, updateRoom } from "../api";
import type { Preferences, Room } from "../../shared/types";
import { fully, number, when } from "../format";
import { isNotFound } from "../../shared/http";
import { Back, Record } from "../icons";
import { Switch } from "../parts/Field";
import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { toast } from "../parts/toasts";
import { addTo, keys, setRoom } from "../queries";
import { listPath, Recordings } from "../recordings/Recordings";
import { go, paths } from "../route";
import { sentence } from "../sentences";
import { t } from "../words";
import { EndRoom } from "./EndRoom";
import { Expiry } from "./Expiry";
import { JoinLinks } from "./JoinLinks";
import { PREFERENCES } from "./preferences";
import { RoomName } from "./RoomName";

export function RoomPage({ name }: { name: string }) {
  const { data: room, error, refetch } = useQuery({
    queryKey: keys.room(name),
    queryFn: () => getRoom(name),
    refetchOnWindowFocus: false,
  });

  const toRooms = <a className="back" href={paths.rooms}><Back />{t("rooms")}</a>;
  if (room) return <>{toRooms}<Shown room={room} /></>;
  if (error === null) return <>{toRooms}<Heading title={name}><RoomName name={name} /></Heading></>;
  if (isNotFound(error)) {
    return (
      <>
        {toRooms}
        <Heading title={t("roomGoneTitle")} />
        <p className="lead">{t("roomGoneText")} <a href={paths.events("", name)}>{t("eventsOfRoom")}</a></p>
        <Recordings room={name} />
      </>
    );
  }
  return (
    <>
      {toRooms}
      <Notice title={t("notShown")} text={sentence(error)} isMain>
        <button onClick={() => void refetch()}>{t("tryAgain")}</button>
      </Notice>
    </>
  );
}

function Shown({ room }: { room: Room }) {
  const [isEnding, setEnding] = useState(false);
  const name = room.roomName;
  const recording = useMutation({
    mutationFn: () => startRecording(name),
    onSuccess: (started) => {
      toast(t("recordingBegins"));
      return addTo(listPath("", name), started);
    },
  });

  return (
    <>
      <div className="page-head">
        <Heading title={name}><RoomName name={name} /></Heading>
        <span className="buttons">
          {room.preferences.recordingPreferences.enabled && (
            <button onClick={() => recording.mutate()} disabled={recording.isPending}><Record />{recording.isPending ? t("starting") : t("record")}</button>
          )}
          <button className="danger" onClick={() => setEnding(true)}>{t("endRoom")}</button>
        </span>
      </div>
      <dl className="facts">
        <div><dt>{t("endsIn")}</dt><dd><Expiry at={room.expirationDate} /> <span className="soft">· {fully(room.expirationDate)}</span></dd></div>
        <div><dt>{t("people")}</dt><dd>{room.maxParticipants ? t("atMost", { count: number(room.maxParticipants) }) : t("anyNumber")}</dd></div>
        <div><dt>{t("created")}</dt><dd>{when(room.creationDate)}</dd></div>
        <div><dt>{t("events")}</dt><dd><a href={paths.events("", name)}>{t("eventsOfRoom")}</a></dd></div>
      </dl>
      {recording.error && <p className="mistake banner" role="alert">{sentence(recording.error)}</p>}
      <div className="columns">
        <JoinLinks room={room} />
        <PreferencesCard room={room} />
      </div>
      <section aria-labelledby="recordings">
        <h2 id="recordings" className="list-title">{t("recordings")}</h2>
        <Recordings room={name} />
      </section>
      {isEnding && <EndRoom name={name} onClose={() => setEnding(false)} onEnded={() => go(paths.rooms)} />}
    </>
  );
}

function PreferencesCard({ room }: { room: Room }) {
  const [wanted, setWanted] = useState<Partial<Preferences>>({}); // shown until the API has answered
  const [problem, setProblem] = useState<unknown>(null);
  const change = async (name: keyof Preferences, enabled: boolean) => {
    setWanted((before) => ({ ...before, [name]: { enabled } }));
    setProblem(null);
    try {
      setRoom(await updateRoom(room.roomName, { [name]: { enabled } }));
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
