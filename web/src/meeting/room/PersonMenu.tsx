import type { Participant } from "livekit-client";
import { useRef, useState } from "react";
import { t, type Word } from "../words";
import { More } from "../../shared/ui/icons";
import { Popup } from "../../shared/ui/Popup";
import type { Role } from "../../shared/types";
import { useHandOf } from "./useHands";
import type { Moderate } from "./useModerate";

export type Question = "remove" | "ban";

interface Props {
  person: Participant;
  name: string;
  role: Role;
  moderate: Moderate;
  onAsk: (question: Question) => void;
}

const changes: [Role, Word][] = [["moderator", "makeModerator"], ["publisher", "makePublisher"], ["viewer", "makeViewer"]];

/** What a moderator can do about one participant. */
export function PersonMenu({ person, name, role, moderate, onAsk }: Props) {
  const opener = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const { identity } = person;
  const hasHandUp = useHandOf(person) > 0;
  const mayStop = role !== "moderator"; // moderators do not mute each other
  const items: [boolean, Word, () => void, string?][] = [
    [hasHandUp, "lowerHand", () => void moderate.lowerHand(identity)],
    [mayStop && person.isMicrophoneEnabled, "muteOne", () => void moderate.stop(identity, "audioActive")],
    [mayStop && person.isCameraEnabled, "stopCamera", () => void moderate.stop(identity, "videoActive")],
    [mayStop && person.isScreenShareEnabled, "stopShare", () => void moderate.stop(identity, "screenShareActive")],
    ...changes.map(([other, word]): [boolean, Word, () => void] => [other !== role, word, () => void moderate.setRole(identity, other)]),
    [true, "remove", () => onAsk("remove"), "danger"],
    [true, "ban", () => onAsk("ban"), "danger"],
  ];
  return (
    <>
      <button ref={opener} type="button" className="plain" aria-haspopup="menu" aria-expanded={isOpen} aria-label={t("actionsFor", { name })} onClick={() => setOpen(!isOpen)}>
        <More />
      </button>
      {isOpen && (
        <Popup role="menu" label={t("actionsFor", { name })} opener={opener} onClose={() => setOpen(false)}>
          {items.filter(([is]) => is).map(([, word, act, look]) => (
            <button key={word} type="button" role="menuitem" tabIndex={-1} className={look} onClick={() => {
              opener.current?.focus();
              setOpen(false);
              act();
            }}>{t(word)}</button>
          ))}
        </Popup>
      )}
    </>
  );
}
