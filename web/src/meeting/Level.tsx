import { useEffect, useRef } from "react";
import { t } from "./words";
import { onVolume } from "./volume";

/** The microphone's volume. */
export function Level({ track }: { track: MediaStreamTrack | undefined }) {
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = meter.current;
    if (!track || !element) return;
    const show = (level: number) => {
      element.style.setProperty("--level", level.toFixed(3));
      element.setAttribute("aria-valuenow", String(Math.round(level * 10) * 10));
    };
    const end = onVolume(track, show);
    return () => {
      end();
      show(0);
    };
  }, [track]);
  return (
    <div ref={meter} className="level" role="meter" aria-label={t("level")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={0}>
      <span className="level-bar" />
    </div>
  );
}
