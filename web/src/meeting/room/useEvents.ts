import { useRoomContext } from "@livekit/components-react";
import { RoomEvent, type RemoteParticipant } from "livekit-client";
import { useEffect } from "react";
import { t } from "../words";
import { roleOf } from "../../shared/received";
import { chime } from "../chime";
import { isOn } from "../settings";
import { nameOf } from "./names";
import type { Say } from "./useNotices";

const FEW = 12; // more would be too many notices

/** Announce, and where it is wanted sound, who joins and leaves, and that the connection is back. */
export function useEvents(announce: Say) {
  const room = useRoomContext();
  useEffect(() => {
    const tellOf = (word: "joined" | "left") => (person: RemoteParticipant) => {
      if (room.numParticipants <= FEW && roleOf(person.metadata)) announce(t(word, { name: nameOf(person, room) }));
    };
    const tellJoined = tellOf("joined");
    const joined = (person: RemoteParticipant) => {
      tellJoined(person);
      if (isOn("sounds") && roleOf(person.metadata)) void chime("joined").catch(() => {});
    };
    const left = tellOf("left");
    const back = () => announce(t("reconnected"));
    room.on(RoomEvent.ParticipantConnected, joined).on(RoomEvent.ParticipantDisconnected, left).on(RoomEvent.Reconnected, back);
    return () => {
      room.off(RoomEvent.ParticipantConnected, joined).off(RoomEvent.ParticipantDisconnected, left).off(RoomEvent.Reconnected, back);
    };
  }, [room, announce]);
}
