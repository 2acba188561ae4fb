import { useRoomContext } from "@livekit/components-react";
import { RoomEvent } from "livekit-client";
import { useEffect, useEffectEvent } from "react";

/** Receive messages of the server with a topic. Participants cannot send them: theirs have an identity. */
export function useServerMessage(topic: string, receive: (packet: Uint8Array) => void) {
  const room = useRoomContext();
  const take = useEffectEvent(receive);
  useEffect(() => {
    const onData = (packet: Uint8Array, from?: unknown, _kind?: unknown, about?: string, _encryption?: unknown, identity?: string) => {
      if (about === topic && !from && !identity) take(packet);
    };
    room.on(RoomEvent.DataReceived, onData);
    return () => void room.off(RoomEvent.DataReceived, onData);
  }, [room, topic]);
}
