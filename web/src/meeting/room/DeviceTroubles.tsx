import { t, type Word } from "../words";
import { Close } from "../../shared/ui/icons";
import type { Capture } from "../devices";
import type { OwnMedia, Troubles } from "./useOwnMedia";

const words: Record<NonNullable<Troubles[Capture]>, Word> = {
  refused: "refusedInside",
  missing: "missingInside",
  busy: "busyInside",
  deviceFailed: "mediaFailed",
  gone: "deviceGone",
  back: "deviceBack",
};
const KINDS: Capture[] = ["microphone", "camera"];

/** Why the microphone or the camera is off, until it is on or the participant has closed this. */
export function DeviceTroubles({ media, onDevices }: { media: OwnMedia; onDevices: () => void }) {
  const { troubles, dismiss, set, pending } = media;
  return (
    <div role="alert">
      {KINDS.map((kind) => {
        const what = troubles[kind];
        if (!what) return null;
        const device = t(kind === "camera" ? "deviceCamera" : "deviceMicrophone");
        return (
          <div key={kind} className="notice lasting with-button">
            <p>{t(words[what], { device })}</p>
            <button type="button" className="small" disabled={pending === kind} onClick={() => void set(kind, true)}>
              {t(what !== "back" ? "tryAgain" : kind === "camera" ? "cameraOn" : "microphoneOn")}
            </button>
            <button type="button" className="small" onClick={onDevices}>{t("devices")}</button>
            <button type="button" className="plain" aria-label={t("close")} onClick={() => dismiss(kind)}><Close /></button>
          </div>
        );
      })}
    </div>
  );
}
