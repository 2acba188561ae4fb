import { useChat } from "@livekit/components-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { t } from "../words";
import { useNameOf } from "./names";
import type { Say } from "./useNotices";

export interface Message {
  id: string;
  from: string;
  mine: boolean;
  at: number;
  text: string;
}

export interface Messages {
  messages: Message[];
  unread: number;
  sending: boolean;
  send: (text: string) => Promise<unknown>;
}

/** The chat, as plain text. Messages that arrive while it is closed are counted and announced. */
export function useMessages(open: boolean, announce: Say): Messages {
  const { chatMessages, send, isSending } = useChat();
  const nameOf = useNameOf();
  const [read, setRead] = useState(0);
  const announced = useRef(0);
  const messages = chatMessages.map((each, index) => ({
    id: each.id ?? String(index),
    from: each.from ? nameOf(each.from) : "",
    mine: each.from?.isLocal ?? false,
    at: each.timestamp,
    text: each.message,
  }));
  const count = messages.length;

  const look = useEffectEvent((open: boolean, count: number) => {
    if (open) setRead(count);
    const latest = messages[count - 1];
    if (!open && latest && count > announced.current && !latest.mine) {
      announce(t("newMessage", { name: latest.from, text: latest.text.slice(0, 120) }));
    }
    announced.current = count;
  });
  useEffect(() => look(open, count), [open, count]);

  return { messages, unread: open ? 0 : Math.max(0, count - read), sending: isSending, send };
}
