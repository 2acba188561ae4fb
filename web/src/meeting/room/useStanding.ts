import { RoomEvent } from "livekit-client";
import { useEffect, useEffectEvent, useRef } from "react";
import { t, type Word } from "../words";
import { standingIn, type Standing } from "../../shared/received";
import type { Role } from "../../shared/types";
import type { Admission } from "../api";
import { useInRoom } from "./useInRoom";
import type { Say } from "./useNotices";

const youAre: Record<Role, Word> = {
  moderator: "youAreModerator",
  publisher: "youArePublisher",
  viewer: "youAreViewer",
};

const CHANGES = [
  RoomEvent.ParticipantMetadataChanged, RoomEvent.ParticipantPermissionsChanged, RoomEvent.Connected, RoomEvent.Reconnected,
] as const;

/** The participant's own role and permissions now; a moderator may change them. */
export function useStanding(admission: Admission, announce: Say): Standing {
  const metadata = useInRoom(CHANGES, ({ localParticipant }) => localParticipant.metadata);
  const standing = standingIn(metadata) ?? admission;

  const before = useRef(standing.role);
  const tell = useEffectEvent((role: Role) => {
    if (role !== before.current) announce(t(youAre[role]));
    before.current = role;
  });
  useEffect(() => tell(standing.role), [standing.role]);
  return standing;
}
