import { useEffect, useEffectEvent, useRef, useState } from "react";
import { choose, t } from "../words";
import { askAgain, isTurn, type Admission, type Turn } from "../api";
import { mayPass } from "../endings";
import { Mark } from "../../shared/ui/icons";
import { LanguageChoice } from "../../shared/ui/LanguageChoice";

interface Props {
  turn: Turn;
  name: string;
  onAdmitted: (admission: Admission) => void;
  onFail: (error: unknown) => void;
  onCancel: () => void;
}

const POLL_AFTER = 5; // seconds, unless the server names another time

/** The lobby, for a caller who waits until a moderator lets them in. */
export function WaitingPage({ turn, name, onAdmitted, onFail, onCancel }: Props) {
  const [isOffline, setOffline] = useState(false);
  const [tries, setTries] = useState(0); // by the button
  const heading = useRef<HTMLHeadingElement>(null);
  const admitted = useEffectEvent(onAdmitted);
  const failed = useEffectEvent(onFail);
  useEffect(() => heading.current?.focus(), []); // screen readers read it out

  const { ticket = "", pollAfter = POLL_AFTER } = turn;
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout>;
    const next = (seconds: number) => {
      timer = setTimeout(() => void poll(), seconds * 1000);
    };
    const poll = async () => {
      try {
        const answer = await askAgain(ticket);
        if (isOver) return;
        setOffline(false);
        if (isTurn(answer)) next(answer.pollAfter ?? POLL_AFTER);
        else admitted(answer);
      } catch (error) {
        if (isOver) return;
        if (!mayPass(error)) return failed(error);
        setOffline(true);
        next(POLL_AFTER);
      }
    };
    next(tries ? 0 : pollAfter);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [ticket, pollAfter, tries]);

  return (
    <main className="card-page">
      <div className="card end-card">
        <Mark />
        <h1 ref={heading} tabIndex={-1}>{t("waitingTitle")}</h1>
        <p>{t("waitingText", { name })}</p>
        <div className="spinner" />
        <div role="status">{isOffline && <p className="mistake">{t("waitingOffline")}</p>}</div>
        {isOffline && <button type="button" className="primary" onClick={() => setTries(tries + 1)}>{t("tryAgain")}</button>}
        <button type="button" onClick={onCancel}>{t("cancel")}</button>
        <LanguageChoice t={t} choose={choose} />
      </div>
    </main>
  );
}
