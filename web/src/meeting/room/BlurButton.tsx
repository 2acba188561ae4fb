import { useLocalParticipant } from "@livekit/components-react";
import type { LocalVideoTrack } from "livekit-client";
import { useState } from "react";
import { t } from "../../i18n";
import { Blur } from "../../ui/icons";
import type { Say } from "./useNotices";

/** Blurs what is behind somebody; everything it needs is fetched on the first use. */
export function BlurButton({ warn }: { warn: Say }) {
  const { cameraTrack, isCameraEnabled } = useLocalParticipant();
  const [blurred, setBlurred] = useState(false);
  const [busy, setBusy] = useState(false);
  const track = cameraTrack?.track as LocalVideoTrack | undefined;

  const toggle = async () => {
    if (!track) return;
    setBusy(true);
    try {
      if (blurred) await track.stopProcessor();
      else await track.setProcessor((await import("./blur")).blur());
      setBlurred(!blurred);
    } catch {
      warn(t("blurFailed"));
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" className={blurred ? "control pressed" : "control"} aria-pressed={blurred} disabled={busy || !isCameraEnabled} onClick={() => void toggle()}>
      <Blur />
      <span>{t(busy ? "blurLoading" : blurred ? "blurOff" : "blurOn")}</span>
    </button>
  );
}
