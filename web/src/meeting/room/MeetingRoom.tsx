import { LiveKitRoom, RoomAudioRenderer } from "@livekit/components-react";
import { DisconnectReason, Room, setLogLevel, VideoPresets } from "livekit-client";
import { useEffect, useMemo, useRef } from "react";
import type { Admission } from "../api";
import { tell } from "../embed";
import type { Ending } from "../endings";
import type { Choice } from "../prejoin/choice";
import { Inside } from "./Inside";

interface Props {
  roomName: string;
  admission: Admission;
  choice: Choice;
  onEnd: (ending: Ending) => void;
}

setLogLevel("warn");

const endings: Partial<Record<DisconnectReason, Ending>> = {
  [DisconnectReason.CLIENT_INITIATED]: "left",
  [DisconnectReason.PARTICIPANT_REMOVED]: "removed",
  [DisconnectReason.ROOM_DELETED]: "over",
  [DisconnectReason.ROOM_CLOSED]: "over",
  [DisconnectReason.DUPLICATE_IDENTITY]: "elsewhere",
};

/** The connection to LiveKit, and everything inside it. */
export default function Meeting({ roomName, admission, choice, onEnd }: Props) {
  const room = useMemo(
    () =>
      new Room({
        adaptiveStream: true,
        dynacast: true,
        videoCaptureDefaults: { deviceId: choice.cameraId, resolution: VideoPresets.h720.resolution },
        audioCaptureDefaults: { deviceId: choice.microphoneId },
      }),
    [choice],
  );
  const entered = useRef(false);

  useEffect(() => () => void room.disconnect(), [room]);

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
        entered.current = true;
        tell({ event: "joined", name: admission.participantName });
      }}
      onError={() => {
        if (!entered.current) onEnd("server");
      }}
      onDisconnected={(reason) => {
        if (entered.current) onEnd((reason !== undefined && endings[reason]) || "lost");
      }}
    >
      <RoomAudioRenderer />
      <Inside roomName={roomName} admission={admission} choice={choice} />
    </LiveKitRoom>
  );
}
