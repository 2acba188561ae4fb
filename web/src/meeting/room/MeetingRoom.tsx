import { LiveKitRoom, RoomAudioRenderer } from "@livekit/components-react";
import { DisconnectReason, Room, setLogLevel, VideoPresets } from "livekit-client";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { enderIn, endsAtIn } from "../../shared/received";
import type { Admission } from "../api";
import { tell } from "../embed";
import type { Ending } from "../endings";
import type { Choice } from "../prejoin/choice";
import { canChooseLoudspeaker } from "../devices";
import { deviceOf, isOn } from "../settings";
import { Boundary } from "../../shared/ui/Boundary";
import { Broken } from "./Broken";
import { Inside } from "./Inside";
import { leave } from "./leave";

interface Props {
  roomName: string;
  admission: Admission;
  choice: Choice;
  /** Another tab of this browser is in the meeting already, and has the sound. */
  isSecond: boolean;
  /** Make that tab leave. */
  onMoveHere: () => void;
  onEnd: (ending: Ending) => void;
  /** Request another token; it arrives as a new admission. */
  onLost: () => void;
}

const REJOIN_PAUSE = 30_000; // a connection that is lost again this soon is not retried

setLogLevel("warn");

const endings: Partial<Record<DisconnectReason, Ending>> = {
  [DisconnectReason.CLIENT_INITIATED]: "left",
  [DisconnectReason.PARTICIPANT_REMOVED]: "removed",
  [DisconnectReason.ROOM_DELETED]: "over",
  [DisconnectReason.ROOM_CLOSED]: "over",
  [DisconnectReason.DUPLICATE_IDENTITY]: "elsewhere",
};

/** Why a meeting is over: its room's metadata has somebody who ended it, or it was to end by then. */
function whyOver(metadata: string | undefined): Ending {
  const by = enderIn(metadata);
  if (by !== undefined) return by === "moderator" ? "ended" : "over";
  return endsAtIn(metadata) !== undefined ? "tooLong" : "over";
}

/** The connection to LiveKit, and the meeting. */
export default function Meeting({ roomName, admission, choice, isSecond, onMoveHere, onEnd, onLost }: Props) {
  const room = useMemo(
    () =>
      new Room({
        adaptiveStream: true,
        dynacast: true,
        disconnectOnPageLeave: false, // it would also disconnect those who are asked and stay
        videoCaptureDefaults: { deviceId: choice.cameraId, resolution: VideoPresets.h720.resolution },
        audioCaptureDefaults: { deviceId: choice.microphoneId, noiseSuppression: isOn("noiseSuppression") },
        ...(canChooseLoudspeaker && { audioOutput: { deviceId: deviceOf("loudspeaker") } }),
      }),
    [choice.cameraId, choice.microphoneId],
  );
  const entered = useRef(false);
  const rejoining = useRef(false);
  const lostAt = useRef(-Infinity);

  const lose = () => {
    const again = performance.now() - lostAt.current < REJOIN_PAUSE;
    lostAt.current = performance.now();
    if (rejoining.current || again) return onEnd("lost");
    rejoining.current = true;
    onLost();
  };

  // LiveKitRoom connects again whenever this function changes, and the token may have expired during an outage.
  const onError = useCallback(() => {
    if (!entered.current || rejoining.current) onEnd(entered.current ? "lost" : "server");
  }, [onEnd]);

  useEffect(() => () => void room.disconnect(), [room]);

  const unloads = useRef(false);
  useEffect(() => {
    const onHide = () => {
      unloads.current = true;
      void room.disconnect();
    };
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && location.reload();
    window.addEventListener("pagehide", onHide);
    window.addEventListener("pageshow", onShow);
    return () => {
      window.removeEventListener("pagehide", onHide);
      window.removeEventListener("pageshow", onShow);
    };
  }, [room]);

  return (
    <LiveKitRoom
      className="meeting"
      room={room}
      serverUrl={admission.livekitUrl}
      token={admission.token}
      connect
      audio={false}
      video={false}
      onConnected={() => {
        if (!entered.current) tell({ event: "joined", name: admission.participantName });
        entered.current = true;
        rejoining.current = false;
      }}
      onError={onError}
      onDisconnected={(reason) => {
        if (!entered.current || unloads.current) return;
        const ending = reason === undefined ? undefined : endings[reason];
        if (ending) onEnd(ending === "over" ? whyOver(room.metadata) : ending);
        else lose();
      }}
    >
      <RoomAudioRenderer muted={isSecond} />
      <Boundary fallback={(again) => <main className="stage empty"><Broken onAgain={again} onLeave={() => leave(room)} /></main>}>
        <Inside roomName={roomName} admission={admission} choice={choice} isSecond={isSecond} onMoveHere={onMoveHere} />
      </Boundary>
    </LiveKitRoom>
  );
}
