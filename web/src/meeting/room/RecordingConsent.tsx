import { useIsRecording, useRoomContext } from "@livekit/components-react";
import { useEffect, useState } from "react";
import { t } from "../words";
import { hasConsented, keepConsent } from "../consent";
import { Dialog } from "../../shared/ui/Dialog";
import { leave } from "./leave";

/** Asks a participant, once in a meeting, whether they stay while it is recorded. */
export function RecordingConsent({ roomName }: { roomName: string }) {
  const room = useRoomContext();
  const isRecording = useIsRecording();
  const [asked, setAsked] = useState<string | null>(null); // the meeting
  useEffect(() => {
    setAsked(null);
    if (!isRecording) return;
    let ended = false;
    void room.getSid().then((meetingId) => !ended && !hasConsented(roomName, meetingId) && setAsked(meetingId), () => {});
    return () => {
      ended = true;
    };
  }, [room, roomName, isRecording]);
  if (asked === null) return null;
  const stay = () => {
    keepConsent(roomName, asked);
    setAsked(null);
  };
  return (
    <Dialog title={t("recordingStarted")} onClose={null}>
      <p className="soft">{t("recordingConsentText")}</p>
      <div className="dialog-buttons">
        <button type="button" onClick={() => leave(room)}>{t("leave")}</button>
        <button type="button" className="primary" autoFocus onClick={stay}>{t("agreeAndStay")}</button>
      </div>
    </Dialog>
  );
}
