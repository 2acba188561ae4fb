import { useRoomContext } from "@livekit/components-react";
import { RoomEvent, Track, type RemoteTrack } from "livekit-client";
import { useEffect } from "react";

/**
 * Ask the server for no video before it is shown. Adaptive stream looks only at videos that were shown once:
 * all others would be sent, to be thrown away.
 */
export function useUnseenVideo() {
  const room = useRoomContext();
  useEffect(() => {
    const hide = (track: RemoteTrack) => {
      if (track.kind !== Track.Kind.Video) return;
      const nowhere = document.createElement("video");
      track.attach(nowhere);
      track.detach(nowhere);
    };
    room.on(RoomEvent.TrackSubscribed, hide);
    return () => void room.off(RoomEvent.TrackSubscribed, hide);
  }, [room]);
}
