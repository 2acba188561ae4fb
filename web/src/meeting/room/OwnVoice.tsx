import { useEffect, useEffectEvent, useRef } from "react";
import { t } from "../words";
import { copyOf, dropCopies, onVolume } from "../volume";
import { useOwnMicrophone } from "./useDevices";
import type { Say } from "./useNotices";

const LOUD = 0.15;
const LONG = 5; // measurements: a cough is shorter
const PAUSE = 30_000; // milliseconds until it is said again

/** How loud the participant's microphone is: shown while it is on; while it is muted, they are told if they speak. */
export function OwnVoice({ muted, announce }: { muted: boolean; announce: Say }) {
  const bar = useRef<HTMLElement>(null);
  const microphone = useOwnMicrophone();
  const loud = useRef(0);
  const toldAt = useRef(-Infinity);
  const heard = useEffectEvent((level: number) => {
    if (!muted) return bar.current?.style.setProperty("--level", level.toFixed(2));
    loud.current = level > LOUD ? loud.current + 1 : 0;
    if (loud.current < LONG || performance.now() - toldAt.current < PAUSE) return;
    toldAt.current = performance.now();
    announce(t("youAreMuted"));
  });

  useEffect(() => {
    toldAt.current = -Infinity;
    loud.current = 0;
    bar.current?.style.setProperty("--level", "0");
    if (!microphone || microphone.readyState === "ended") return;
    const end = onVolume(muted ? copyOf(microphone) : microphone, (level) => heard(level));
    return () => {
      end();
      dropCopies();
    };
  }, [microphone, muted]);
  return <i ref={bar} className="voice" aria-hidden="true" />;
}
