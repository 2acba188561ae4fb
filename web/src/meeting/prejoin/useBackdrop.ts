import { useEffect, useEffectEvent, useState } from "react";
import type { Background } from "../background/backgrounds";

/** The camera's picture with the background; without it while that loads. */
export function useBackdrop(camera: MediaStream | null, background: Background, onFail: () => void): MediaStream | null {
  const [shown, setShown] = useState<MediaStream | null>(null);
  const fail = useEffectEvent(onFail);
  useEffect(() => {
    setShown(camera);
    if (!camera || background === "none") return;
    let ended = false;
    let release = () => {};
    void import("../background/processor")
      .then(({ withBackground }) => withBackground(camera, background))
      .then((made) => {
        if (ended) return made.release();
        release = made.release;
        setShown(made.stream);
      })
      .catch(() => {
        if (!ended) fail();
      });
    return () => {
      ended = true;
      release();
    };
  }, [camera, background]);
  return shown;
}
