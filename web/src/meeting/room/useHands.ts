import { useRoomContext } from "@livekit/components-react";
import { RoomEvent, type Participant, type RemoteParticipant } from "livekit-client";
import { createContext, useCallback, useContext, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { chime } from "../chime";
import { isOn } from "../settings";
import { t } from "../words";
import { handOf, roleOf, type HandMessage } from "../../shared/received";
import { nameOf } from "./names";
import type { Say } from "./useNotices";

const TOPIC = "meet.hand";
const PAUSE = 1000; // milliseconds between two announcements of one participant
const NEWS = 2000; // milliseconds: what has been up for longer was raised before one came

export interface Hands {
  /** The identities of those with a raised hand, the first one first. */
  raised: string[];
  isUp: boolean;
  set: (up: boolean) => void;
  /** Moderators: ask somebody's page to lower their hand. */
  lower: (identity: string) => void;
}

const Raised = createContext<string[]>([]);
export const RaisedHands = Raised.Provider;

/** The place in the order of raised hands, from 1; 0 without one. */
export function useHandOf({ identity }: Participant): number {
  return useContext(Raised).indexOf(identity) + 1;
}

/**
 * Raised hands. Each page tells of its own one, and tells those who join later for how long it has been up:
 * clocks differ, and nobody can be the first by naming a time.
 */
export function useHands(canRaise: boolean, announce: Say): Hands {
  const room = useRoomContext();
  const [since, setSince] = useState<ReadonlyMap<string, number>>(new Map());
  const [upSince, setUpSince] = useState<number | null>(null);
  const announced = useRef(new Map<string, number>());

  const send = useCallback((message: HandMessage, to?: string) => {
    const packet = new TextEncoder().encode(JSON.stringify(message));
    const options = { topic: TOPIC, reliable: true, ...(to === undefined ? {} : { destinationIdentities: [to] }) };
    void room.localParticipant.publishData(packet, options).catch(() => {}); // said again to those who join
  }, [room]);

  const set = useCallback((up: boolean) => {
    setUpSince(up ? performance.now() : null);
    send(up ? { is: "up", heldFor: 0 } : { is: "down" });
  }, [send]);

  const change = (identity: string, at: number | null) =>
    setSince((before) => {
      if (at === null && !before.has(identity)) return before;
      const after = new Map(before);
      if (at === null) after.delete(identity);
      else after.set(identity, before.get(identity) ?? at);
      return after;
    });

  const take = useEffectEvent((message: HandMessage, from: RemoteParticipant) => {
    const { identity } = from;
    if (message.is === "lower") {
      if (roleOf(from.metadata) !== "moderator" || upSince === null) return;
      set(false);
      announce(t("handLowered"));
      return;
    }
    if (message.is === "down") return change(identity, null);
    if (since.has(identity)) return;
    const now = performance.now();
    change(identity, now - message.heldFor);
    const isNews = message.heldFor < NEWS && now - (announced.current.get(identity) ?? -Infinity) > PAUSE;
    announced.current.set(identity, now);
    if (!isNews) return;
    announce(t("handRaised", { name: nameOf(from, room) }));
    if (isOn("sounds")) void chime("hand").catch(() => {}); // heard or not, it is told
  });
  const repeat = useEffectEvent((to?: string) => {
    if (upSince !== null) send({ is: "up", heldFor: Math.round(performance.now() - upSince) }, to);
  });
  const forget = useEffectEvent((identity: string) => {
    change(identity, null);
    announced.current.delete(identity);
  });
  useEffect(() => {
    const onData = (packet: Uint8Array, from?: RemoteParticipant, _kind?: unknown, topic?: string) => {
      const message = topic === TOPIC && from && roleOf(from.metadata) ? handOf(packet) : undefined;
      if (from && message) take(message, from);
    };
    const joined = ({ identity }: Participant) => repeat(identity);
    const left = ({ identity }: Participant) => forget(identity);
    const back = () => repeat();
    room.on(RoomEvent.DataReceived, onData).on(RoomEvent.ParticipantActive, joined).on(RoomEvent.ParticipantDisconnected, left).on(RoomEvent.Reconnected, back);
    return () => {
      room.off(RoomEvent.DataReceived, onData).off(RoomEvent.ParticipantActive, joined).off(RoomEvent.ParticipantDisconnected, left).off(RoomEvent.Reconnected, back);
    };
  }, [room]);

  const isUp = upSince !== null && canRaise; // a viewer cannot tell the others
  const own = isUp ? upSince : null;
  const raised = useMemo(() => {
    const all = [...since, ...(own === null ? [] : [[room.localParticipant.identity, own] as const])];
    return all.sort(([, one], [, other]) => one - other).map(([identity]) => identity);
  }, [since, own, room]);
  return { raised, isUp, set, lower: (identity) => send({ is: "lower" }, identity) };
}
