import { useRoomContext } from "@livekit/components-react";
import { RoomEvent, type Participant, type Room } from "livekit-client";
import { useCallback, useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";
import { t } from "../words";
import { cleanMessage, legacyMessage, LONGEST_MESSAGE } from "../../shared/received";
import type { Message } from "./message";
import { nameOf } from "./names";
import { useHistory } from "./useHistory";
import type { Say } from "./useNotices";

export interface Messages {
  messages: Message[];
  unread: number;
  /** What is written and not sent yet: it outlives the panel. */
  draft: RefObject<string>;
  /** How many messages could not be sent and are in the draft again. */
  returned: number;
  /** Send it after those that are on their way. */
  send: (text: string) => Promise<void>;
  /** The name of whoever sent the messages of before one joined; empty if there are none. */
  toldBy: string;
}

const TOPIC = "lk.chat";
const LEGACY_TOPIC = "lk-chat-topic";
const KEPT = 500;
const FLUSH_AFTER = 100; // milliseconds: thousands of messages are a few updates of the page
const BURST = 20; // messages of one participant within BURST_TIME; more are dropped
const BURST_TIME = 10_000;

/** Calls `take` for each chat message of another participant, but not for those of a flood. */
function receive(room: Room, take: (from: Participant, text: string, key: string) => void): () => void {
  const recent = new Map<string, number[]>();
  const accept = (from: Participant | undefined, text: string | undefined, key = "") => {
    if (!from || text === undefined) return;
    const now = performance.now();
    const times = (recent.get(from.identity) ?? []).filter((each) => now - each < BURST_TIME);
    if (times.length >= BURST) return;
    recent.set(from.identity, [...times, now]);
    take(from, text, key);
  };
  const onPacket = (packet: Uint8Array, from?: Participant, _kind?: unknown, topic?: string) => {
    if (topic === LEGACY_TOPIC) accept(from, legacyMessage(packet));
  };
  room.registerTextStreamHandler(TOPIC, async (reader, { identity }) => {
    let text = "";
    try {
      // Read to the end, also when it is too long: what nobody reads stays in memory.
      for await (const chunk of reader) if (text.length <= LONGEST_MESSAGE) text += chunk;
    } catch {
      return; // the sender left in the middle of it
    }
    accept(room.getParticipantByIdentity(identity), cleanMessage(text), reader.info.id);
  });
  room.on(RoomEvent.DataReceived, onPacket);
  return () => {
    room.unregisterTextStreamHandler(TOPIC);
    room.off(RoomEvent.DataReceived, onPacket);
  };
}

/** The chat, as plain text. Messages that arrive while it is closed are counted and announced. */
export function useMessages(open: boolean, announce: Say): Messages {
  const room = useRoomContext();
  const [messages, setMessages] = useState<Message[]>([]);
  const [returned, setReturned] = useState(0);
  const [toldBy, setToldBy] = useState("");
  const [read, setRead] = useState(0);
  const draft = useRef("");
  const givenBack = useRef(""); // what the draft begins with if messages could not be sent
  const last = useRef(0);
  const waiting = useRef<Message[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = useEffectEvent(() => {
    timer.current = undefined;
    const fresh = waiting.current.splice(0);
    setMessages((before) => {
      const known = new Set(before.map(({ key }) => key));
      return [...before, ...fresh.filter(({ key }) => key === "" || !known.has(key))].slice(-KEPT);
    });
    const latest = fresh.findLast((each) => !each.mine);
    if (!open && latest) announce(t("newMessage", { name: latest.from, text: latest.text.slice(0, 120) }));
  });
  const add = useCallback((from: Participant, text: string, key: string) => {
    waiting.current.push({ id: ++last.current, key, identity: from.identity, from: nameOf(from, room), mine: from.isLocal, at: Date.now(), text });
    timer.current ??= setTimeout(() => flush(), FLUSH_AFTER);
  }, [room]);
  useEffect(() => receive(room, add), [room, add]);
  useEffect(() => () => clearTimeout(timer.current), []);

  useHistory(messages, (earlier, name) => {
    setToldBy(name);
    setMessages((before) => {
      const known = new Set(before.map(({ key }) => key));
      const fresh = earlier.filter(({ key }) => !known.has(key));
      return [...fresh, ...before].slice(-KEPT);
    });
  });

  const newest = messages.at(-1)?.id ?? 0;
  useEffect(() => {
    if (open) setRead(newest);
  }, [open, newest]);

  const send = async (text: string) => {
    try {
      const { id } = await room.localParticipant.sendText(text, { topic: TOPIC });
      add(room.localParticipant, text, id);
    } catch (error) {
      const earlier = draft.current.startsWith(givenBack.current) ? givenBack.current : "";
      const typed = draft.current.slice(earlier.length).trimStart();
      givenBack.current = [earlier, text].filter(Boolean).join("\n");
      draft.current = [givenBack.current, typed].filter(Boolean).join("\n");
      setReturned((before) => before + 1);
      throw error;
    }
  };
  const unread = open ? 0 : messages.filter((each) => each.id > read && !each.mine).length;
  return { messages, unread, draft, returned, send, toldBy };
}
