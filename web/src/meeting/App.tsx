import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { t } from "./words";
import { reasonOf } from "../shared/http";
import { admit, isTurn, type Admission, type Turn } from "./api";
import { tell } from "./embed";
import { endingOf, mayPass, startOf, type Ending } from "./endings";
import { EndPage } from "./EndPage";
import { forgetLink, recallName, recallToken, rememberName, rememberToken, type Link } from "./link";
import type { Choice } from "./prejoin/choice";
import { PreJoin } from "./prejoin/PreJoin";
import { WaitingPage } from "./prejoin/WaitingPage";
import { isSupported } from "./support";

const loadMeeting = () => import("./room/MeetingRoom");
const Meeting = lazy(loadMeeting);

const NAMELESS = "guest"; // for the first token, before a name is entered

type Step =
  | { at: "looking" }
  | { at: "prejoin"; offer: Admission | Turn }
  | { at: "waiting"; turn: Turn; choice: Choice }
  | { at: "inside"; admission: Admission; choice: Choice }
  | { at: "end"; ending: Ending; time?: string };

/** The meeting page, from the join link to the end page. */
export function App({ link }: { link: Link }) {
  const [step, setStep] = useState<Step>({ at: "looking" });
  const takesOver = useRef(false);
  const end = useCallback((ending: Ending, time = "") => {
    if (ending === "removed") forgetLink(link.roomName);
    tell({ event: "left", reason: ending });
    setStep({ at: "end", ending, time });
  }, [link]);
  const fail = useCallback((error: unknown) => end(endingOf(error), startOf(error)), [end]);

  const ask = useCallback(async (name: string, wait: boolean) => {
    const answer = await admit(link, { name, wait, previousToken: recallToken(link.roomName), takeOver: takesOver.current });
    if (!isTurn(answer)) rememberToken(link.roomName, answer.token);
    return answer;
  }, [link]);

  // This first token is not used to join: it says which role the link gives and what the room allows.
  const look = useCallback(async () => {
    setStep({ at: "looking" });
    if (!isSupported()) return setStep({ at: "end", ending: "browser" });
    if (link.removed) return setStep({ at: "end", ending: "removed" });
    if (!link.secret && !link.invite) return setStep({ at: "end", ending: "link" });
    try {
      setStep({ at: "prejoin", offer: await ask(recallName() || NAMELESS, false) });
      void loadMeeting();
    } catch (error) {
      setStep({ at: "end", ending: endingOf(error), time: startOf(error) });
    }
  }, [link, ask]);

  useEffect(() => void look(), [look]);

  const proceed = useCallback((answer: Admission | Turn, choice: Choice) => {
    if (isTurn(answer)) return setStep({ at: "waiting", turn: answer, choice });
    rememberToken(link.roomName, answer.token);
    setStep({ at: "inside", admission: answer, choice });
  }, [link]);

  const join = async (choice: Choice) => {
    try {
      const answer = await ask(choice.name, true);
      if (!link.invite) rememberName(choice.name);
      proceed(answer, choice);
    } catch (error) {
      if (reasonOf(error) === "invalid_request") throw error; // the name is invalid
      fail(error);
    }
  };

  // LiveKit renews tokens only while connected. After a longer gap, joining needs a new token.
  const rejoin = async (choice: Choice) => {
    try {
      proceed(await ask(choice.name, true), choice);
    } catch (error) {
      if (mayPass(error)) end("lost");
      else fail(error);
    }
  };

  switch (step.at) {
    case "looking":
      return <Loading />;
    case "prejoin":
      return <PreJoin offer={step.offer} isInvited={link.invite !== ""} onJoin={join} />;
    case "waiting":
      return (
        <WaitingPage turn={step.turn} name={step.choice.name} onCancel={() => void look()} onFail={fail}
          onAdmitted={(admission) => proceed(admission, step.choice)} />
      );
    case "inside":
      return (
        <Suspense fallback={<Loading />}>
          <Meeting roomName={link.roomName} admission={step.admission} choice={step.choice} onEnd={end} onLost={() => void rejoin(step.choice)} />
        </Suspense>
      );
    case "end":
      return (
        <EndPage ending={step.ending} time={step.time} onAgain={() => {
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
