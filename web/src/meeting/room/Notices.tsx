import { useAudioPlayback, useConnectionState } from "@livekit/components-react";
import { ConnectionState } from "livekit-client";
import { t } from "../words";
import type { Notice } from "./useNotices";

/** Messages about recent events, and about problems that continue. */
export function Notices({ notices }: { notices: Notice[] }) {
  const state = useConnectionState();
  const { canPlayAudio, startAudio } = useAudioPlayback();
  const shaky = state === ConnectionState.Reconnecting || state === ConnectionState.SignalReconnecting;
  return (
    <div className="notices">
      <div role="status" aria-live="polite">
        {shaky && <p className="notice lasting">{t("reconnecting")}</p>}
        {notices.map((each) => (
          <p key={each.id} className={each.urgent ? "notice urgent" : "notice"}>{each.text}</p>
        ))}
      </div>
      {!canPlayAudio && (
        <p className="notice lasting">
          {t("soundBlocked")} <button type="button" className="primary small" onClick={() => void startAudio()}>{t("playSound")}</button>
        </p>
      )}
    </div>
  );
}
