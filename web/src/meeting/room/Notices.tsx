import type { ReactNode } from "react";
import { useAudioPlayback, useConnectionState } from "@livekit/components-react";
import { ConnectionState } from "livekit-client";
import { timeOfDay } from "../../shared/regional";
import { t } from "../words";
import type { Lobby } from "./useLobby";
import type { Notice } from "./useNotices";
import { LobbyNotice } from "./WaitingList";

interface Props {
  notices: Notice[];
  /** When the meeting will be ended. */
  endsAt: number | null;
  lobby: Lobby | null;
  onPeople: () => void;
  /** More of them. */
  children?: ReactNode;
}

/** Messages about recent events, and about problems that continue. */
export function Notices({ notices, endsAt, lobby, onPeople, children }: Props) {
  const state = useConnectionState();
  const { canPlayAudio, startAudio } = useAudioPlayback();
  const shaky = state !== ConnectionState.Connected;
  return (
    <div className="notices">
      <div role="status" aria-live="polite">
        {shaky && <p className="notice lasting">{t("reconnecting")}</p>}
        {endsAt !== null && <p className="notice lasting">{t("endsAt", { time: timeOfDay(endsAt) })}</p>}
        {notices.map((each) => (
          <p key={each.id} className={each.urgent ? "notice urgent" : "notice"}>{each.text}</p>
        ))}
      </div>
      {children}
      {lobby && <LobbyNotice lobby={lobby} onShow={onPeople} />}
      {!canPlayAudio && (
        <p className="notice lasting">
          {t("soundBlocked")} <button type="button" className="primary small" onClick={() => void startAudio()}>{t("playSound")}</button>
        </p>
      )}
    </div>
  );
}
