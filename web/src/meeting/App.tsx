import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { t } from "./words";
import { reasonOf } from "../shared/http";
import { admit, isTurn, type Admission, type Turn } from "./api";
import { tell } from "./embed";
import { endingOf, mayPass, startOf, type Ending } from "./endings";
import { EndPage } from "./EndPage";
import { forgetLink, insideBefore, keepInside, recallInside, recallName, recallToken, rememberName, rememberToken, type Link } from "./link";
import { LONGEST_OUTAGE, nextTry } from "./outage";
import { lastChoice, type Choice } from "./prejoin/choice";
import { PreJoin } from "./prejoin/PreJoin";
import { WaitingPage } from "./prejoin/WaitingPage";
import { lacking } from "./support";
import { useTwin } from "./twin";

const loadMeeting = () => import("./room/MeetingRoom");
const Meeting = lazy(loadMeeting);

const NAMELESS = "guest"; // for the first token, before a name is entered
const FRESH = 30_000; // a token is used within a minute at least, and what it was asked for may change

type Step =
  | { at: "looking" }
  | { at: "prejoin"; offer: Admission | Turn; name: string; askedAt: number }
  | { at: "waiting"; turn: Turn; choice: Choice }
  | { at: "inside"; admission: Admission; choice: Choice; isSecond: boolean }
  | { at: "end"; ending: Ending; startsAt?: number };

/** The meeting page, from the join link to the end page. */
export function App({ link }: { link: Link }) {
  const [step, setStep] = useState<Step>({ at: "looking" });
  const takesOver = useRef(false);
  const reloaded = useRef(insideBefore(link.roomName)); // the meeting goes on like this
  const outage = useRef<AbortController>(null);
  const end = useCallback((ending: Ending, startsAt?: number) => {
    outage.current?.abort();
    keepInside(link.roomName, null);
    if (ending === "removed") forgetLink(link.roomName);
    tell({ event: "left", reason: ending });
    setStep({ at: "end", ending, startsAt });
  }, [link]);
  const twin = useTwin(link.roomName, step.at === "inside", () => end("elsewhere"));
  const twinExists = useRef(false);
  useEffect(() => {
    twinExists.current = twin.exists;
  }, [twin.exists]);
  const fail = useCallback((error: unknown) => end(endingOf(error), startOf(error)), [end]);

  const ask = useCallback(async (name: string, wait: boolean) => {
    const answer = await admit(link, { name, wait, previousToken: recallToken(link.roomName), takeOver: takesOver.current });
    if (!isTurn(answer)) rememberToken(link.roomName, answer.token);
    return answer;
  }, [link]);

  const proceed = useCallback((answer: Admission | Turn, choice: Choice) => {
    if (isTurn(answer)) return setStep({ at: "waiting", turn: answer, choice });
    rememberToken(link.roomName, answer.token);
    keepInside(link.roomName, choice);
    setStep((before) => ({
      at: "inside", admission: answer, choice, isSecond: before.at === "inside" ? before.isSecond : twinExists.current,
    }));
  }, [link]);

  // This first token says which role the link gives and what the room allows. People whose name is known by
  // then join with it.
  const look = useCallback(async () => {
    setStep({ at: "looking" });
    const lack = lacking();
    if (lack) return setStep({ at: "end", ending: lack });
    if (link.removed) return setStep({ at: "end", ending: "removed" });
    if (!link.secret && !link.invite) return setStep({ at: "end", ending: "link" });
    try {
      const before = reloaded.current;
      if (before !== null) proceed(await ask(before.name, true), { ...lastChoice(before.name), ...before });
      else {
        const known = recallName();
        const offer = await ask(known || NAMELESS, false);
        setStep({ at: "prejoin", offer, name: link.invite ? (offer.participantName ?? "") : known, askedAt: performance.now() });
      }
      reloaded.current = null;
      void loadMeeting().catch(() => {}); // it is loaded again when it is shown
    } catch (error) {
      if (!mayPass(error)) reloaded.current = null;
      setStep({ at: "end", ending: endingOf(error), startsAt: startOf(error) });
    }
  }, [link, ask, proceed]);

  useEffect(() => void look(), [look]);
  useEffect(() => () => outage.current?.abort(), []);

  const offered = (name: string): Admission | null => {
    if (step.at !== "prejoin" || isTurn(step.offer) || step.name !== name) return null;
    return performance.now() - step.askedAt < FRESH ? step.offer : null;
  };

  const join = async (choice: Choice) => {
    try {
      const answer = offered(choice.name) ?? (await ask(choice.name, true));
      if (!link.invite) rememberName(choice.name);
      proceed(answer, choice);
    } catch (error) {
      if (reasonOf(error) === "invalid_request") throw error; // the name is invalid
      fail(error);
    }
  };

  // LiveKit renews tokens only while connected. After a longer gap, joining needs a new token.
  const rejoin = async (choice: Choice) => {
    outage.current = new AbortController();
    const { signal } = outage.current;
    const until = performance.now() + LONGEST_OUTAGE;
    while (!signal.aborted) {
      try {
        const answer = await ask(choice.name, true);
        if (!signal.aborted) proceed(answer, { ...choice, ...recallInside(link.roomName) });
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!mayPass(error)) return fail(error);
        if (performance.now() > until) return end("lost");
      }
      await nextTry(signal);
    }
  };

  switch (step.at) {
    case "looking":
      return <Loading />;
    case "prejoin":
      return <PreJoin roomName={link.roomName} offer={step.offer} isInvited={link.invite !== ""} onJoin={join}
        onMoveHere={twin.exists ? twin.move : null} />;
    case "waiting":
      return (
        <WaitingPage turn={step.turn} name={step.choice.name} onCancel={() => void look()} onFail={fail}
          onAdmitted={(admission) => proceed(admission, step.choice)} />
      );
    case "inside":
      return (
        <Suspense fallback={<Loading />}>
          <Meeting roomName={link.roomName} admission={step.admission} choice={step.choice}
            isSecond={step.isSecond && twin.exists} onMoveHere={twin.move} onEnd={end} onLost={() => void rejoin(step.choice)} />
        </Suspense>
      );
    case "end":
      return (
        <EndPage ending={step.ending} startsAt={step.startsAt} onAgain={() => {
          takesOver.current = step.ending === "already" || step.ending === "elsewhere";
          void look();
        }} />
      );
  }
}

function Loading() {
  return (
    <main className="boot" aria-busy="true">
      <h1 className="visually-hidden">{t("joining")}</h1>
      <div className="spinner" />
    </main>
  );
}
