import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getRoom, startRecording, updateRoom } from "../api";
import type { Preferences, Room } from "../../shared/types";
import { fully, span, when } from "../../shared/format";
import { isNotFound } from "../../shared/http";
import { Back, Record } from "../icons";
import { Switch } from "../parts/Field";
import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { toast } from "../parts/toasts";
import { addTo, keys } from "../queries";
import { listPath, Recordings } from "../recordings/Recordings";
import { go, paths } from "../route";
import { sentence } from "../sentences";
import { t } from "../words";
import { Admission } from "./Admission";
import { Bans } from "./Bans";
import { EditRoom } from "./EditRoom";
import { EndRoom } from "./EndRoom";
import { Expiry } from "./Expiry";
import { Invitations } from "./Invitations";
import { JoinLinks } from "./JoinLinks";
import { People } from "./People";
import { PREFERENCES } from "./preferences";
import { RoomName } from "./RoomName";
import { useSaved } from "./useSaved";
import { Waiting } from "./Waiting";

export function RoomPage({ name }: { name: string }) {
  const { data: room, error, refetch } = useQuery({
    queryKey: keys.room(name),
    queryFn: () => getRoom(name),
    refetchOnWindowFocus: false,
  });

  const toRooms = <a className="back" href={paths.rooms}><Back />{t("rooms")}</a>;
  const [isEditing, setEditing] = useState(false);
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
  if (room && isEditing) return <>{toRooms}<EditRoom room={room} onClose={() => setEditing(false)} /></>;
  if (room) return <>{toRooms}<Shown room={room} onEdit={() => setEditing(true)} /></>;
  if (error === null) return <>{toRooms}<Heading title={name}><RoomName name={name} /></Heading></>;
  return (
    <>
      {toRooms}
      <Notice title={t("notShown")} text={sentence(error)} isMain>
        <button onClick={() => void refetch()}>{t("tryAgain")}</button>
      </Notice>
    </>
  );
}

function Shown({ room, onEdit }: { room: Room; onEdit: () => void }) {
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
          <button onClick={onEdit}>{t("editRoom")}</button>
          <button className="danger" onClick={() => setEnding(true)}>{t("endRoom")}</button>
        </span>
      </div>
      <dl className="facts">
        <div><dt>{t("endsIn")}</dt><dd><Expiry at={room.expirationDate} /> <span className="soft">· {fully(room.expirationDate)}</span></dd></div>
        <div><dt>{t("people")}</dt><dd>{room.maxParticipants ? t("atMost", { count: room.maxParticipants }) : t("anyNumber")}</dd></div>
        {room.startsAt !== undefined && <div><dt>{t("starts")}</dt><dd>{when(room.startsAt)}</dd></div>}
        {room.maxDurationMinutes !== undefined && <div><dt>{t("longestMeeting")}</dt><dd>{span(room.maxDurationMinutes * 60_000)}</dd></div>}
        <div><dt>{t("created")}</dt><dd>{when(room.creationDate)}</dd></div>
        <div><dt>{t("events")}</dt><dd><a href={paths.events("", name)}>{t("eventsOfRoom")}</a></dd></div>
        {Object.entries(room.metadata ?? {}).map(([key, value]) => <div key={key} className="fact-note"><dt>{key}</dt><dd>{value}</dd></div>)}
      </dl>
      {recording.error && <p className="mistake banner" role="alert">{sentence(recording.error)}</p>}
      {room.status === "closed" && <p className="closed-note">{t("closedNote")}</p>}
      <Waiting room={room} />
      <People room={name} />
      <div className="columns room-columns">
        <JoinLinks room={room} />
        <div className="stack">
          <Admission room={room} />
          <PreferencesCard room={room} />
        </div>
      </div>
      <Invitations room={room} />
      <Bans room={name} />
      <section aria-labelledby="recordings">
        <h2 id="recordings" className="list-title">{t("recordings")}</h2>
        <Recordings room={name} />
      </section>
      {isEnding && <EndRoom name={name} onClose={() => setEnding(false)} onEnded={() => go(paths.rooms)} />}
    </>
  );
}

function PreferencesCard({ room }: { room: Room }) {
  const { wanted, problem, change } = useSaved<Preferences>((preferences) => updateRoom(room.roomName, { preferences }));
  return (
    <section className="card section" aria-labelledby="preferences">
      <h2 id="preferences">{t("inTheRoom")}</h2>
      {PREFERENCES.map(({ name, label, text }) => (
        <Switch
          key={name}
          label={t(label)}
          text={t(text)}
          checked={(wanted[name] ?? room.preferences[name]).enabled}
          onChange={(enabled) => change({ [name]: { ...(wanted[name] ?? room.preferences[name]), enabled } })}
        />
      ))}
      <p className="hint">{t("preferencesHint")}</p>
      {problem !== null && <p className="mistake" role="alert">{sentence(problem)}</p>}
    </section>
  );
}
