import { useIsRecording } from "@livekit/components-react";
import { useEffect, useState } from "react";
import { t, type Word } from "../../i18n";
import { Refused, startRecording, stopRecording } from "../api";
import type { Say } from "./useNotices";

const PATIENCE = 30_000; // then the button is free again, whatever became of it

/** Start and stop the recording (moderators). */
export function useRecording(roomName: string, apiToken: string, warn: Say) {
  const active = useIsRecording();
  const [pending, setPending] = useState(false);

  useEffect(() => setPending(false), [active]);
  useEffect(() => {
    if (!pending) return;
    const timer = setTimeout(() => setPending(false), PATIENCE);
    return () => clearTimeout(timer);
  }, [pending]);

  const toggle = async () => {
    setPending(true);
    try {
      await (active ? stopRecording : startRecording)(roomName, apiToken);
    } catch (error) {
      setPending(false);
      warn(t(reason(error, active), {}));
    }
  };
  const label: Word = active ? (pending ? "recordStopping" : "stopRecording") : pending ? "recordStarting" : "record";
  return { active, pending, label, toggle };
}

function reason(error: unknown, active: boolean): Word {
  const status = error instanceof Refused ? error.status : 0;
  if (status === 401 || status === 403) return "notAllowed";
  if (active) return "recordStopFailed";
  return status === 409 ? "recordNobody" : "recordFailed";
}
