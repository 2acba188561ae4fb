import { useEffect, useRef } from "react";
import { t, type Word } from "../words";
import { REACTIONS, type Reaction } from "../../shared/received";
import type { Shown } from "./useReactions";

const NAMES: Record<Reaction, Word> = {
  "👍": "reactThumbsUp",
  "👏": "reactApplause",
  "😂": "reactLaughter",
  "🎉": "reactCelebration",
  "❤️": "reactHeart",
  "😮": "reactSurprise",
};
const LANES = 6;

/** The reactions of the last moments, above the stage. Screen readers read them out. */
export function Reactions({ shown }: { shown: Shown[] }) {
  return (
    <div className="reactions" role="log" aria-label={t("reactions")}>
      {shown.map(({ id, name, reaction }) => (
        <p key={id} className={`reaction lane-${id % LANES}`}>
          <span className="reaction-sign" role="img" aria-label={t(NAMES[reaction])}>{reaction}</span> <bdi>{name}</bdi>
        </p>
      ))}
    </div>
  );
}

/** The choice of a reaction, which stays open for another one. Escape closes it. */
export function ReactionChoice({ onSend, onClose }: { onSend: (reaction: Reaction) => void; onClose: () => void }) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    first.current?.focus();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <section className="reaction-choice" aria-label={t("reactions")} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      {REACTIONS.map((each, index) => (
        <button key={each} ref={index === 0 ? first : undefined} type="button" className="plain" aria-label={t(NAMES[each])} title={t(NAMES[each])} onClick={() => onSend(each)}>
          <span aria-hidden="true">{each}</span>
        </button>
      ))}
    </section>
  );
}
