import { useIsSpeaking, useParticipants } from "@livekit/components-react";
import type { Participant } from "livekit-client";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { t } from "../words";
import { Lock, MicOff, Unlock } from "../../shared/ui/icons";
import { initials, shade } from "../../shared/ui/initials";
import { roleOf } from "../../shared/received";
import type { Moderation } from "../api";
import { useNameOf } from "./names";
import { Eye, EyeOff, Hand, Link } from "./icons";
import { PersonMenu, type Question } from "./PersonMenu";
import { Side } from "./Side";
import { useHandOf } from "./useHands";
import type { Layout } from "./useLayout";
import type { Lobby } from "./useLobby";
import type { Moderate } from "./useModerate";
import { WaitingList } from "./WaitingList";

const Invite = lazy(() => import("./Invite"));

interface Props {
  /** Null for those who are not moderators. */
  moderation: Moderation | null;
  moderate: Moderate;
  lobby: Lobby;
  layout: Layout;
  /** The identities of those with a raised hand, the first one first. */
  raised: string[];
  onClose: () => void;
}

/** The participants, and what moderators can do about them. */
export function PeoplePanel({ moderation, moderate, lobby, layout, raised, onClose }: Props) {
  const nameOf = useNameOf();
  const place = ({ identity }: Participant) => (raised.indexOf(identity) + 1) || Number.POSITIVE_INFINITY;
  const people = useParticipants().filter((each) => roleOf(each.metadata));
  people.sort((one, other) => (place(one) === place(other) ? 0 : place(one) - place(other)));
  const [asked, setAsked] = useState<{ identity: string; question: Question } | null>(null);

  return (
    <Side title={`${t("people")} (${people.length})`} onClose={onClose}>
      {moderation && <Everybody moderation={moderation} moderate={moderate} />}
      {lobby.waiting.length > 0 && <WaitingList lobby={lobby} />}
      <ul className="people" aria-label={t("people")} tabIndex={0}>
        {people.map((each) => {
          const { identity, isLocal } = each;
          const name = nameOf(each);
          const role = roleOf(each.metadata) ?? "viewer";
          return (
            <li key={identity}>
              <Face person={each} name={name} />
              <span className="person">
                <bdi className="person-name">{isLocal ? t("you", { name }) : name}</bdi>
                {role !== "publisher" && <small>{t(role === "moderator" ? "moderator" : "viewer")}</small>}
              </span>
              <RaisedHand person={each} />
              {role !== "viewer" && !each.isMicrophoneEnabled && (
                <span className="silent"><MicOff /><span className="visually-hidden">{t("muted")}</span></span>
              )}
              {isLocal && role !== "viewer" && (
                <button type="button" className="plain" aria-label={t("hideSelf")} title={t("hideSelf")} aria-pressed={layout.hidesSelf} onClick={() => layout.setHidesSelf(!layout.hidesSelf)}>
                  {layout.hidesSelf ? <EyeOff /> : <Eye />}
                </button>
              )}
              {moderation && !isLocal && (
                <PersonMenu person={each} name={name} role={role} moderate={moderate} onAsk={(question) => setAsked({ identity, question })} />
              )}
              {moderation && asked?.identity === identity && (
                <Ask person={each} name={name} question={asked.question} moderate={moderate} onClose={() => setAsked(null)} />
              )}
            </li>
          );
        })}
      </ul>
    </Side>
  );
}

/** The initials, with a ring while they speak. */
function Face({ person, name }: { person: Participant; name: string }) {
  const isSpeaking = useIsSpeaking(person);
  return (
    <>
      <span className={`avatar shade-${shade(name)} ${isSpeaking ? "is-speaking" : ""}`} aria-hidden="true">{initials(name)}</span>
      {isSpeaking && <span className="visually-hidden">{t("speaking")}</span>}
    </>
  );
}

function RaisedHand({ person }: { person: Participant }) {
  const place = useHandOf(person);
  return place > 0 ? <span className="raised"><Hand />{place}<span className="visually-hidden">{t("handUp")}</span></span> : null;
}

/** What concerns everybody. */
function Everybody({ moderation, moderate }: { moderation: Moderation; moderate: Moderate }) {
  const [isLocked, setLocked] = useState(false);
  const changes = useRef(0);
  const [isInviting, setInviting] = useState(false);
  useEffect(() => {
    let isOver = false;
    const before = changes.current;
    const show = (locked: boolean) => {
      if (!isOver && changes.current === before) setLocked(locked); // an answer from before a change is too late
    };
    void moderation.isLocked().then(show, () => {});
    return () => {
      isOver = true;
    };
  }, [moderation]);
  const lock = async () => {
    changes.current += 1;
    if (await moderate.lock(!isLocked)) setLocked(!isLocked);
  };
  return (
    <div className="everybody">
      <button type="button" className="small" onClick={() => setInviting(true)}><Link />{t("invite")}</button>
      {isInviting && <Suspense><Invite moderation={moderation} onClose={() => setInviting(false)} /></Suspense>}
      <button type="button" className="small" onClick={() => void moderate.muteAll()}><MicOff />{t("muteAll")}</button>
      <button type="button" className="small" aria-pressed={isLocked} onClick={() => void lock()}>
        {isLocked ? <Lock /> : <Unlock />}{t("lockMeeting")}
      </button>
    </div>
  );
}

interface AskProps {
  person: Participant;
  name: string;
  question: Question;
  moderate: Moderate;
  onClose: () => void;
}

function Ask({ person, name, question, moderate, onClose }: AskProps) {
  const text = t(question === "ban" ? "banAsk" : "removeAsk", { name });
  const act = () => {
    onClose();
    void moderate.remove(person.identity, question === "ban");
  };
  return (
    <div className="ask" role="group" aria-label={text} onKeyDown={(event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      onClose();
    }}>
      <span>{text}</span>
      <button type="button" className="danger-filled small" autoFocus onClick={act}>{t(question)}</button>
      <button type="button" className="small" onClick={onClose}>{t("cancel")}</button>
    </div>
  );
}
