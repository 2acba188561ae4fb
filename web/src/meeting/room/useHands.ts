import { useRoomContext } from "@livekit/components-react";
import { RoomEvent, type Participant, type Room } from "livekit-client";
import { createContext, useCallback, useContext, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { handRaisedAt } from "../../shared/received";
import { setHand } from "../api";
import { chime } from "../chime";
import { isOn } from "../settings";
import { t } from "../words";
import { nameOf } from "./names";
import { useInRoom } from "./useInRoom";
import type { Say } from "./useNotices";

export interface Hands {
  /** The identities of those with a raised hand, the first one first. */
  raised: string[];
  isUp: boolean;
  set: (up: boolean) => void;
}

const Raised = createContext<string[]>([]);
export const RaisedHands = Raised.Provider;

/** The place in the order of raised hands, from 1; 0 without one. */
export function useHandOf({ identity }: Participant): number {
  return useContext(Raised).indexOf(identity) + 1;
}

const CHANGES = [
  RoomEvent.ParticipantAttributesChanged, RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.Connected, RoomEvent.Reconnected,
] as const;

/** The identities of those with a raised hand, the first one first, as JSON: equal if nothing has changed. */
function raisedIn({ localParticipant, remoteParticipants }: Room): string {
  const up = [localParticipant, ...remoteParticipants.values()].flatMap(({ identity, attributes }) => {
    const at = handRaisedAt(attributes);
    return at === undefined ? [] : [{ identity, at }];
  });
  return JSON.stringify(up.sort((one, other) => one.at - other.at).map(({ identity }) => identity));
}

/** Raised hands: attributes of the participants, which only the server changes. */
export function useHands(roomName: string, apiToken: string, announce: Say, warn: Say): Hands {
  const room = useRoomContext();
  const found = useInRoom(CHANGES, raisedIn);
  const raised = useMemo(() => JSON.parse(found) as string[], [found]);
  const [wanted, setWanted] = useState<boolean>(); // until the others see it
  const isShown = raised.includes(room.localParticipant.identity);
  if (wanted === isShown) setWanted(undefined);
  const sent = useRef(Promise.resolve());

  const set = useCallback((up: boolean) => {
    const send = () => setHand(roomName, apiToken, room.localParticipant.identity, up).catch(() => {
      warn(t("actionFailed"));
      setWanted(undefined);
    });
    setWanted(up);
    sent.current = sent.current.then(send); // in this order
  }, [room, roomName, apiToken, warn]);

  const tell = useEffectEvent((changed: Record<string, string>, from: Participant) => {
    if (!("handRaisedAt" in changed)) return;
    const isUp = handRaisedAt(changed) !== undefined;
    if (from.isLocal) {
      if (!isUp && wanted === undefined) announce(t("handLowered"));
    } else if (isUp) {
      announce(t("handRaised", { name: nameOf(from, room) }));
      if (isOn("sounds")) void chime("hand").catch(() => {}); // heard or not, it is told
    }
  });
  useEffect(() => {
    const changed = (attributes: Record<string, string>, from: Participant) => tell(attributes, from);
    const joined = (from: Participant) => tell(from.attributes, from); // whose hand may have been quicker
    room.on(RoomEvent.ParticipantAttributesChanged, changed).on(RoomEvent.ParticipantConnected, joined);
    return () => {
      room.off(RoomEvent.ParticipantAttributesChanged, changed).off(RoomEvent.ParticipantConnected, joined);
    };
  }, [room]);

  return { raised, isUp: wanted ?? isShown, set };
}
