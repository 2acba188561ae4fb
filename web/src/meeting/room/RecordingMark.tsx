import { useIsRecording } from "@livekit/components-react";
import { useEffect, useRef } from "react";
import { t } from "../words";
import { tell } from "../embed";
import type { Say } from "./useNotices";

/** The mark that all participants see while the meeting is recorded. */
export function RecordingMark({ announce }: { announce: Say }) {
  const recording = useIsRecording();
  const before = useRef(false);
  useEffect(() => {
    if (recording === before.current) return;
    before.current = recording;
    announce(t(recording ? "recordingStarted" : "recordingStopped"));
    tell({ event: "recording", active: recording });
  }, [recording, announce]);
  return recording ? <p className="recording-mark"><span className="dot" aria-hidden="true" />{t("recording")}</p> : null;
}
