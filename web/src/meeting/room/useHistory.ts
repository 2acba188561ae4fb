import { useRoomContext } from "@livekit/components-react";
import { RoomEvent, type Participant, type RemoteParticipant, type Room } from "livekit-client";
import { useEffect, useEffectEvent, useRef } from "react";
import { historyOf, LONGEST_HISTORY, MOST_HISTORY, standingIn, type EarlierMessage } from "../../shared/received";
import type { Message } from "./message";
import { byJoining, nameOf } from "./names";

const TOPIC = "meet.history";
const TELLERS = 2; // if one of them has a client of another kind
const FIRST_WORDS = 20_000; // milliseconds after joining in which a history is taken

/** Those who tell newcomers what was written: they have been there longest, and may write. */
function tellers(room: Room, newcomer: Participant): Participant[] {
  return [room.localParticipant, ...room.remoteParticipants.values()]
    .filter((each) => each.identity !== newcomer.identity && standingIn(each.metadata)?.permissions.canChat)
    .sort(byJoining)
    .slice(0, TELLERS);
}

/** The last messages as JSON that is not too long. Messages without a key could come twice. */
function written(messages: Message[]): string {
  const all = messages.filter(({ key }) => key !== "").slice(-MOST_HISTORY)
    .map(({ key, identity, from, at, text }): EarlierMessage => ({ id: key, identity, name: from, at, text }));
  let text = JSON.stringify(all);
  while (text.length > LONGEST_HISTORY) {
    all.splice(0, Math.ceil(all.length / 4));
    text = JSON.stringify(all);
  }
  return text;
}

/** Tells those who join what was written before, and takes it once oneself, from one of the tellers. */
export function useHistory(messages: Message[], take: (earlier: Message[], from: string) => void) {
  const room = useRoomContext();
  const connectedAt = useRef(performance.now());
  const isTold = useRef(false);

  const onHistory = useEffectEvent((text: string, from: RemoteParticipant) => {
    const isSoon = performance.now() - connectedAt.current < FIRST_WORDS;
    if (isTold.current || !isSoon || !tellers(room, room.localParticipant).includes(from)) return;
    const found = historyOf(text);
    if (found.length === 0) return;
    isTold.current = true;
    take(found.map(({ id, identity, name, at, text: said }, index) => ({
      id: index + 1 - found.length, key: id, identity, from: name, mine: identity === room.localParticipant.identity, at, text: said,
    })), nameOf(from, room));
  });
  const tell = useEffectEvent((newcomer: Participant) => {
    if (messages.length === 0 || !tellers(room, newcomer).includes(room.localParticipant)) return;
    const text = written(messages);
    // Whoever left again, or has no answer from here, does without.
    void room.localParticipant.sendText(text, { topic: TOPIC, destinationIdentities: [newcomer.identity] }).catch(() => {});
  });

  useEffect(() => {
    const connected = () => {
      connectedAt.current = performance.now();
    };
    const joined = (newcomer: Participant) => tell(newcomer);
    room.registerTextStreamHandler(TOPIC, async (reader, { identity }) => {
      let text = "";
      try {
        // Read to the end, also when it is too long: what nobody reads stays in memory.
        for await (const chunk of reader) if (text.length <= LONGEST_HISTORY) text += chunk;
      } catch {
        return; // the sender left in the middle of it
      }
      const from = room.remoteParticipants.get(identity);
      if (from) onHistory(text, from);
    });
    room.on(RoomEvent.Connected, connected).on(RoomEvent.ParticipantActive, joined);
    return () => {
      room.unregisterTextStreamHandler(TOPIC);
      room.off(RoomEvent.Connected, connected).off(RoomEvent.ParticipantActive, joined);
    };
  }, [room]);
}
