import { useEffect, useState } from "react";
import type { Background } from "../background/backgrounds";

/** The camera's picture as the others will see it; the camera's own until then. */
export function useBackdrop(camera: MediaStream | null, background: Background, onFail: () => void): MediaStream | null {
  const [shown, setShown] = useState<MediaStream | null>(null);
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
        if (!ended) onFail();
      });
    return () => {
      ended = true;
      release();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [camera, background]);
  return shown;
}
