import { useEffect, useRef } from "react";
import { t } from "../words";

/** The microphone's volume. */
export function Level({ stream }: { stream: MediaStream | null }) {
  const meter = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!stream) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    let frame = 0;
    let shown = 0;
    const draw = () => {
      analyser.getByteTimeDomainData(samples);
      const loudest = samples.reduce((most, each) => Math.max(most, Math.abs(each - 128)), 0) / 128;
      shown = Math.max(loudest, shown * 0.92);
      meter.current?.style.setProperty("--level", shown.toFixed(3));
      meter.current?.setAttribute("aria-valuenow", String(Math.round(shown * 10) * 10));
      frame = requestAnimationFrame(draw);
    };
    draw();
    const resume = () => void context.resume(); // browsers suspend audio until the first click or key
    document.addEventListener("pointerdown", resume);
    const element = meter.current;
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("pointerdown", resume);
      element?.style.setProperty("--level", "0");
      void context.close();
    };
  }, [stream]);

  return (
    <div ref={meter} className="level" role="meter" aria-label={t("level")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={0}>
      <span className="level-bar" />
    </div>
  );
}
