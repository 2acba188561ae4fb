import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { t } from "../i18n";
import { admit, type Admission } from "./api";
import { tell } from "./embed";
import { endingOf, type Ending } from "./endings";
import { EndPage } from "./EndPage";
import { forgetLink, recallName, rememberName, type Link } from "./link";
import type { Choice } from "./prejoin/choice";
import { PreJoin } from "./prejoin/PreJoin";
import { isSupported } from "./support";

const loadMeeting = () => import("./room/MeetingRoom");
const Meeting = lazy(loadMeeting);

type Step =
  | { at: "looking" }
  | { at: "door"; admission: Admission }
  | { at: "inside"; admission: Admission; choice: Choice }
  | { at: "end"; ending: Ending };

/** From the link to the end of the meeting. */
export function App({ link }: { link: Link }) {
  const [step, setStep] = useState<Step>({ at: "looking" });
  const end = useCallback((ending: Ending) => {
    if (ending === "removed") forgetLink(link.roomName);
    tell({ event: "left", reason: ending });
    setStep({ at: "end", ending });
  }, [link]);

  // A first token, not used to join, tells who the link makes us and what the room allows.
  const look = useCallback(async () => {
    setStep({ at: "looking" });
    if (!isSupported()) return setStep({ at: "end", ending: "browser" });
    if (link.removed) return setStep({ at: "end", ending: "removed" });
    if (!link.secret) return setStep({ at: "end", ending: "link" });
    try {
      const admission = await admit(link.roomName, link.secret, recallName() || "?");
      setStep({ at: "door", admission });
      void loadMeeting();
    } catch (error) {
      setStep({ at: "end", ending: endingOf(error) });
    }
  }, [link]);

  useEffect(() => void look(), [look]);

  const join = async (choice: Choice) => {
    rememberName(choice.name);
    try {
      const admission = await admit(link.roomName, link.secret, choice.name);
      setStep({ at: "inside", admission, choice });
    } catch (error) {
      end(endingOf(error));
    }
  };

  switch (step.at) {
    case "looking":
      return <Loading />;
    case "door":
      return <PreJoin admission={step.admission} onJoin={join} />;
    case "inside":
      return (
        <Suspense fallback={<Loading />}>
          <Meeting roomName={link.roomName} admission={step.admission} choice={step.choice} onEnd={end} />
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
