import { useRoomContext } from "@livekit/components-react";
import { RoomEvent, Track, type RemoteParticipant, type RemoteTrackPublication } from "livekit-client";
import { useEffect } from "react";
import { t } from "../words";
import { roleOf } from "../../shared/received";
import { chime } from "../chime";
import { isOn } from "../settings";
import { nameOf } from "./names";
import type { Say } from "./useNotices";

const FEW = 12; // more would be too many notices

/** Announce who joins, leaves and shares a screen, and that the connection is back. A sound tells of joining where it is wanted. */
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
    const tellShare = (word: "shares" | "sharesNoMore") => ({ source }: RemoteTrackPublication, person: RemoteParticipant) => {
      if (source !== Track.Source.ScreenShare || !roleOf(person.metadata)) return;
      const hasOne = person.getTrackPublication(source) !== undefined; // a client can publish several
      if (hasOne === (word === "shares")) announce(t(word, { name: nameOf(person, room) }));
    };
    const shares = tellShare("shares");
    const ended = tellShare("sharesNoMore");
    const back = () => announce(t("reconnected"));
    room.on(RoomEvent.ParticipantConnected, joined).on(RoomEvent.ParticipantDisconnected, left).on(RoomEvent.Reconnected, back)
      .on(RoomEvent.TrackPublished, shares).on(RoomEvent.TrackUnpublished, ended);
    return () => {
      room.off(RoomEvent.ParticipantConnected, joined).off(RoomEvent.ParticipantDisconnected, left).off(RoomEvent.Reconnected, back)
        .off(RoomEvent.TrackPublished, shares).off(RoomEvent.TrackUnpublished, ended);
    };
  }, [room, announce]);
}
