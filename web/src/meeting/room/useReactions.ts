import { useRoomContext } from "@livekit/components-react";
import { RoomEvent, type Participant } from "livekit-client";
import { useCallback, useEffect, useRef, useState } from "react";
import { reactionOf, type Reaction } from "../../shared/received";
import { nameOf } from "./names";

export interface Shown {
  id: number;
  name: string;
  reaction: Reaction;
}

const TOPIC = "meet.reaction";
const LASTS = 4000; // milliseconds
const MOST = 12; // at a time
const BURST = 3; // of one participant within BURST_TIME; more are dropped
const BURST_TIME = 2000;

/** Reactions that are shown for a moment, and sending one. */
export function useReactions() {
  const room = useRoomContext();
  const [shown, setShown] = useState<Shown[]>([]);
  const last = useRef(0);
  const recent = useRef(new Map<string, number[]>());
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());

  /** False if it is one too many. */
  const show = useCallback((from: Participant, reaction: Reaction): boolean => {
    const now = performance.now();
    const times = (recent.current.get(from.identity) ?? []).filter((each) => now - each < BURST_TIME);
    if (times.length >= BURST) return false;
    recent.current.set(from.identity, [...times, now]);
    const id = ++last.current;
    setShown((before) => [...before.slice(1 - MOST), { id, name: nameOf(from, room), reaction }]);
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      setShown((before) => before.filter((each) => each.id !== id));
    }, LASTS);
    timers.current.add(timer);
    return true;
  }, [room]);

  useEffect(() => {
    const onData = (packet: Uint8Array, from?: Participant, _kind?: unknown, topic?: string) => {
      const reaction = topic === TOPIC && from ? reactionOf(packet) : undefined;
      if (from && reaction) show(from, reaction);
    };
    const left = ({ identity }: Participant) => recent.current.delete(identity);
    room.on(RoomEvent.DataReceived, onData).on(RoomEvent.ParticipantDisconnected, left);
    return () => void room.off(RoomEvent.DataReceived, onData).off(RoomEvent.ParticipantDisconnected, left);
  }, [room, show]);
  useEffect(() => {
    const running = timers.current;
    return () => running.forEach((each) => clearTimeout(each));
  }, []);

  const send = (reaction: Reaction) => {
    if (!show(room.localParticipant, reaction)) return;
    // Lost with the connection, it would be out of date later.
    void room.localParticipant.publishData(new TextEncoder().encode(reaction), { topic: TOPIC, reliable: true }).catch(() => {});
  };
  return { shown, send };
}
