import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { t } from "./words";
import { reasonOf } from "../shared/http";
import { admit, type Admission } from "./api";
import { tell } from "./embed";
import { endingOf, type Ending } from "./endings";
import { EndPage } from "./EndPage";
import { forgetLink, recallName, recallToken, rememberName, rememberToken, type Link } from "./link";
import type { Choice } from "./prejoin/choice";
import { PreJoin } from "./prejoin/PreJoin";
import { isSupported } from "./support";

const loadMeeting = () => import("./room/MeetingRoom");
const Meeting = lazy(loadMeeting);

const NAMELESS = "guest"; // for the first token, before a name is entered

type Step =
  | { at: "looking" }
  | { at: "prejoin"; admission: Admission }
  | { at: "inside"; admission: Admission; choice: Choice }
  | { at: "end"; ending: Ending };

/** The meeting page, from the join link to the end page. */
export function App({ link }: { link: Link }) {
  const [step, setStep] = useState<Step>({ at: "looking" });
  const end = useCallback((ending: Ending) => {
    if (ending === "removed") forgetLink(link.roomName);
    tell({ event: "left", reason: ending });
    setStep({ at: "end", ending });
  }, [link]);

  const ask = useCallback(async (name: string) => {
    const admission = await admit(link.roomName, link.secret, name, recallToken(link.roomName));
    rememberToken(link.roomName, admission.token);
    return admission;
  }, [link]);

  // This first token is not used to join: it says which role the link gives and what the room allows.
  const look = useCallback(async () => {
    setStep({ at: "looking" });
    if (!isSupported()) return setStep({ at: "end", ending: "browser" });
    if (link.removed) return setStep({ at: "end", ending: "removed" });
    if (!link.secret) return setStep({ at: "end", ending: "link" });
    try {
      const admission = await ask(recallName() || NAMELESS);
      setStep({ at: "prejoin", admission });
      void loadMeeting();
    } catch (error) {
      setStep({ at: "end", ending: endingOf(error) });
    }
  }, [link, ask]);

  useEffect(() => void look(), [look]);

  const join = async (choice: Choice) => {
    try {
      const admission = await ask(choice.name);
      rememberName(choice.name);
      setStep({ at: "inside", admission, choice });
    } catch (error) {
      if (reasonOf(error) === "invalid_request") throw error; // the name is invalid
      end(endingOf(error));
    }
  };

  // LiveKit renews tokens only while connected. After a longer gap, joining needs a new token.
  const rejoin = async (choice: Choice) => {
    try {
      const admission = await ask(choice.name);
      setStep({ at: "inside", admission, choice });
    } catch (error) {
      const ending = endingOf(error);
      end(ending === "offline" || ending === "server" ? "lost" : ending);
    }
  };

  switch (step.at) {
    case "looking":
      return <Loading />;
    case "prejoin":
      return <PreJoin admission={step.admission} onJoin={join} />;
    case "inside":
      return (
        <Suspense fallback={<Loading />}>
          <Meeting roomName={link.roomName} admission={step.admission} choice={step.choice} onEnd={end} onLost={() => void rejoin(step.choice)} />
        </Suspense>
      );
    case "end":
      return <EndPage ending={step.ending} onAgain={look} />;
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
