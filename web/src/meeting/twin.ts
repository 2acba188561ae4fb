// The tabs of this browser that are in the same meeting: two of them would hear each other.

import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";

type Message = "anyone?" | "inside" | "left" | "move";

function channelOf(roomName: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(`meet.${roomName}`);
  } catch {
    return null; // the browser denies it, as it denies storage
  }
}

export interface Twin {
  /** True while another tab is in the meeting. */
  exists: boolean;
  /** Make the other tabs leave. */
  move: () => void;
}

/** Watch for other tabs in the meeting; `onMove` if another one takes the place of this one. */
export function useTwin(roomName: string, isInside: boolean, onMove: () => void): Twin {
  const channel = useRef<BroadcastChannel>(null);
  const [exists, setExists] = useState(false);
  const send = useCallback((message: Message) => channel.current?.postMessage(message), []);

  const receive = useEffectEvent((message: unknown) => {
    if (message === "anyone?" && isInside) send("inside");
    else if (message === "inside") setExists(true);
    else if (message === "left") {
      setExists(false);
      send("anyone?"); // there may be a third one
    } else if (message === "move" && isInside) onMove();
  });
  useEffect(() => {
    const own = channelOf(roomName);
    if (!own) return;
    channel.current = own;
    own.onmessage = ({ data }) => receive(data);
    own.postMessage("anyone?" satisfies Message);
    return () => {
      channel.current = null;
      own.close();
    };
  }, [roomName]);

  useEffect(() => {
    if (!isInside) return;
    send("inside");
    const left = () => send("left");
    window.addEventListener("pagehide", left);
    return () => {
      window.removeEventListener("pagehide", left);
      left();
    };
  }, [isInside, send]);

  const move = useCallback(() => {
    send("move");
    setExists(false);
  }, [send]);
  return { exists, move };
}
