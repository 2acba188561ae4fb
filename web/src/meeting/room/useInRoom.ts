import { useRoomContext } from "@livekit/components-react";
import type { Room, RoomEvent } from "livekit-client";
import { useCallback, useSyncExternalStore } from "react";

/**
 * What `read` finds in the room, read again after each of the events, and drawn again if it is another text.
 * `events` is one list for all calls.
 */
export function useInRoom<Text extends string | undefined>(events: readonly RoomEvent[], read: (room: Room) => Text): Text {
  const room = useRoomContext();
  const subscribe = useCallback((changed: () => void) => {
    for (const event of events) room.on(event, changed);
    return () => {
      for (const event of events) room.off(event, changed);
    };
  }, [room, events]);
  return useSyncExternalStore(subscribe, () => read(room));
}
