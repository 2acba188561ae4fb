import { useLocalParticipant } from "@livekit/components-react";
import type { LocalVideoTrack } from "livekit-client";
import { useRef, useState } from "react";
import { t } from "../words";
import { recallBackground, rememberBackground, type Background } from "../background/backgrounds";
import type { Say } from "./useNotices";

export type OwnBackground = ReturnType<typeof useBackground>;

/** The participant's own background, while the camera is on. */
export function useBackground(allowed: boolean, warn: Say) {
  const { cameraTrack, isCameraEnabled } = useLocalParticipant();
  const [background, setBackground] = useState(() => recallBackground(allowed));
  const [waiting, setWaiting] = useState(0);
  const last = useRef<Promise<void>>(Promise.resolve()); // one change at a time
  const track = cameraTrack?.track as LocalVideoTrack | undefined;

  const choose = (wanted: Background) => {
    if (!track) return;
    const before = background;
    setBackground(wanted);
    setWaiting((count) => count + 1);
    last.current = last.current
      .then(async () => (await import("../background/processor")).setBackground(track, wanted))
      .then(
        () => rememberBackground(wanted),
        () => {
          setBackground(before);
          warn(t("backgroundFailed"));
        },
      )
      .finally(() => setWaiting((count) => count - 1));
  };
  return { background, choose, busy: waiting > 0, ready: isCameraEnabled && track !== undefined };
}
