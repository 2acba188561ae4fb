import { useIsRecording, useRoomContext } from "@livekit/components-react";
import { useEffect, useState } from "react";
import { t, type Word } from "../words";
import { reasonOf, type AnyReason } from "../../shared/http";
import { keepConsent } from "../consent";
import { isForbidden, startRecording, stopRecording } from "../api";
import type { Say } from "./useNotices";

const PATIENCE = 30_000; // then the button is enabled again, with or without an answer

/** Start and stop the recording (moderators). */
export function useRecording(roomName: string, apiToken: string, warn: Say) {
  const room = useRoomContext();
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
      if (!active) keepConsent(roomName, await room.getSid()); // those who start it need not be asked
      await (active ? stopRecording : startRecording)(roomName, apiToken);
    } catch (error) {
      setPending(false);
      warn(t(warningFor(error, active)));
    }
  };
  const label: Word = active ? (pending ? "recordStopping" : "stopRecording") : pending ? "recordStarting" : "record";
  return { active, pending, label, toggle };
}

const CANNOT_START = new Set<AnyReason>(["already_recording", "nobody_publishing"]);

function warningFor(error: unknown, active: boolean): Word {
  if (isForbidden(error)) return "notAllowed";
  if (active) return "recordStopFailed";
  return CANNOT_START.has(reasonOf(error)) ? "recordNobody" : "recordFailed";
}
