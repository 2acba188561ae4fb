import { useRef, useState } from "react";
import type { Participant } from "../../shared/types";
import { number } from "../../shared/i18n";
import { CameraOff, MicOff, Screen } from "../icons";
import { Confirm } from "../parts/Confirm";
import { Listing } from "../parts/Listing";
import { useDone } from "../parts/useDone";
import { IDLE_POLL, keys, POLL } from "../queries";
import { t, type Word } from "../words";
import { endMeeting, getPeople, mute, muteAll, type Source } from "./api";
import { ChangeRole } from "./ChangeRole";
import { Remove } from "./Remove";
import { Since } from "./Since";
import { useOfRoom } from "./useOfRoom";

type Question = { asks: "role" | "remove"; person: Participant } | { asks: "end" };

interface Control {
  source: Source;
  icon: typeof MicOff;
  stop: Word;
  stopNamed: Word;
  off: Word;
  offNamed: Word;
}

const CONTROLS: Control[] = [
  { source: "audioActive", icon: MicOff, stop: "mute", stopNamed: "muteNamed", off: "muted", offNamed: "mutedNamed" },
  { source: "videoActive", icon: CameraOff, stop: "stopCamera", stopNamed: "stopCameraNamed", off: "cameraOff", offNamed: "cameraOffNamed" },
  { source: "screenShareActive", icon: Screen, stop: "stopScreen", stopNamed: "stopScreenNamed", off: "screenOff", offNamed: "screenOffNamed" },
];

/** Who is in the meeting, and what one can do about them. */
export function People({ room }: { room: string }) {
  const { data: people, error, refetch } = useOfRoom(room, {
    key: keys.people(room),
    read: () => getPeople(room),
    poll: (known) => (known?.length ? POLL : IDLE_POLL),
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const { done, act } = useDone(keys.people(room), heading);
  const [question, setQuestion] = useState<Question | null>(null);
  const close = () => setQuestion(null);
  const isAudible = people?.some(({ role, audioActive }) => audioActive && role !== "moderator");
  return (
    <section className="people-now" aria-labelledby="people">
      <div className="list-head">
        <h2 id="people" ref={heading} tabIndex={-1} className="list-title">
          {t("inTheMeeting")} {people !== undefined && people.length > 0 && <span className="suffix">{number(people.length)}</span>}
        </h2>
        {people !== undefined && people.length > 0 && (
          <span className="buttons">
            {isAudible && <button className="small" onClick={() => act(() => muteAll(room), t("allMuted"))}><MicOff />{t("muteAll")}</button>}
            <button className="small danger" onClick={() => setQuestion({ asks: "end" })}>{t("endMeeting")}</button>
          </span>
        )}
      </div>
      <Listing
        items={people ?? null}
        error={error}
        hasMore={false}
        isMore={false}
        reload={refetch}
        more={refetch}
        empty={<p className="list-card quiet">{t("nobodyThere")}</p>}
      >
        {(items) => (
          <table className="list people">
            <thead>
              <tr>
                <th scope="col">{t("name")}</th>
                <th scope="col">{t("role")}</th>
                <th scope="col">{t("media")}</th>
                <th scope="col" className="wide-only">{t("there")}</th>
                <th scope="col"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {items.map((person) => (
                <Row
                  key={person.participantIdentity}
                  person={person}
                  isAmbiguous={items.filter(({ participantName }) => participantName === person.participantName).length > 1}
                  onStop={(source, said) => act(() => mute(room, person.participantIdentity, source), said)}
                  onAsk={(asks) => setQuestion({ asks, person })}
                />
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {question?.asks === "role" && <ChangeRole room={room} person={question.person} onDone={(said) => void done(said)} onClose={close} />}
      {question?.asks === "remove" && <Remove room={room} person={question.person} onDone={(said) => void done(said)} onClose={close} />}
      {question?.asks === "end" && (
        <Confirm
          title={t("endMeetingAsk")}
          text={t("endMeetingText")}
          action={t("endMeeting")}
          act={async () => {
            await endMeeting(room);
            close();
            void done(t("meetingWasEnded"));
          }}
          onClose={close}
        />
      )}
    </section>
  );
}

interface RowProps {
  person: Participant;
  /** True if others have the same name. */
  isAmbiguous: boolean;
  onStop: (source: Source, said: string) => void;
  onAsk: (question: "role" | "remove") => void;
}

function Row({ person, isAmbiguous, onStop, onAsk }: RowProps) {
  const { participantName: name, participantIdentity: identity, role, externalId, joinDate } = person;
  const notes = [externalId, isAmbiguous && identity].filter(Boolean).join(" · ");
  const shown = CONTROLS.filter(({ source }) => person[source] || (source !== "screenShareActive" && role !== "viewer"));
  return (
    <tr>
      <th scope="row">
        <span className="person" title={identity}>{name}</span>
        {notes && <span className="row-note">{notes}</span>}
      </th>
      <td className="soft">{role && t(role)}</td>
      <td>
        <span className="buttons">
          {shown.map((each) => (
            <MediaButton
              key={each.source}
              control={each}
              name={name}
              isOn={person[each.source]}
              onStop={() => onStop(each.source, t(each.offNamed, { name }))}
            />
          ))}
        </span>
      </td>
      <td className="wide-only soft"><Since at={joinDate} /></td>
      <td className="row-actions">
        <span className="buttons">
          <button className="small plain" aria-label={t("changeRoleNamed", { name })} onClick={() => onAsk("role")}>{t("changeRole")}</button>
          <button className="small plain danger" aria-label={t("removeNamed", { name })} onClick={() => onAsk("remove")}>{t("remove")}</button>
        </span>
      </td>
    </tr>
  );
}

/** Turns a microphone, camera or screen off. It stays as a word when that is done, and keeps the focus. */
function MediaButton({ control, name, isOn, onStop }: { control: Control; name: string; isOn: boolean; onStop: () => void }) {
  const { icon: Icon, stop, stopNamed, off, offNamed } = control;
  return (
    <button
      className={isOn ? "small" : "small plain off"}
      aria-label={t(isOn ? stopNamed : offNamed, { name })}
      aria-disabled={!isOn || undefined}
      onClick={() => isOn && onStop()}
    >
      <Icon />{t(isOn ? stop : off)}
    </button>
  );
}
