import { useRoomContext } from "@livekit/components-react";
import { RoomEvent } from "livekit-client";
import { useCallback, useEffect, useEffectEvent, useRef, useSyncExternalStore } from "react";
import { t, type Word } from "../words";
import { standingIn, type Standing } from "../../shared/received";
import type { Role } from "../../shared/types";
import type { Admission } from "../api";
import type { Say } from "./useNotices";

const youAre: Record<Role, Word> = {
  moderator: "youAreModerator",
  publisher: "youArePublisher",
  viewer: "youAreViewer",
};

/** The participant's own role and permissions now; a moderator may change them. */
export function useStanding(admission: Admission, announce: Say): Standing {
  const room = useRoomContext();
  const subscribe = useCallback((changed: () => void) => {
    // The event of changed permissions brings the previous ones, so they are read from the participant.
    const events = [RoomEvent.ParticipantMetadataChanged, RoomEvent.ParticipantPermissionsChanged, RoomEvent.Connected, RoomEvent.Reconnected] as const;
    for (const event of events) room.on(event, changed);
    return () => {
      for (const event of events) room.off(event, changed);
    };
  }, [room]);
  const metadata = useSyncExternalStore(subscribe, () => room.localParticipant.metadata);
  const standing = standingIn(metadata) ?? admission;

  const before = useRef(standing.role);
  const tell = useEffectEvent((role: Role) => {
    if (role !== before.current) announce(t(youAre[role]));
    before.current = role;
  });
  useEffect(() => tell(standing.role), [standing.role]);
  return standing;
}
