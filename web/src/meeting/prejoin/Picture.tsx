import { useEffect, useRef } from "react";
import { t } from "../words";
import { initials, shade } from "../../shared/ui/initials";

/** The participant's own camera, mirrored, or the initials of their name. */
export function Picture({ stream, opening, name }: { stream: MediaStream | null; opening: boolean; name: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  if (stream) {
    return <video ref={video} className="mirrored" autoPlay playsInline muted aria-label={t("preview")} />;
  }
  return (
    <div className="picture-off">
      <span className={`avatar shade-${shade(name)}`} aria-hidden="true">{initials(name) || "·"}</span>
      <p>{t(opening ? "cameraOpens" : "cameraIsOff")}</p>
    </div>
  );
}
