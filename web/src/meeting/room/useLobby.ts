import { useRoomContext } from "@livekit/components-react";
import { RoomEvent } from "livekit-client";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { t } from "../words";
import { isNotFound } from "../../shared/http";
import { isForbidden, type Decision, type Moderation, type Waiting } from "../api";
import type { Say } from "./useNotices";
import { useServerMessage } from "./useServerMessage";

export interface Lobby {
  waiting: Waiting[];
  decide: (who: Waiting | "all", decision: Decision) => Promise<void>;
}

/** Those who wait to be admitted, for moderators. Read at first, and when the server says that it changed. */
export function useLobby(moderation: Moderation | null, isShown: boolean, warn: Say): Lobby {
  const room = useRoomContext();
  const [waiting, setWaiting] = useState<Waiting[]>([]);
  const reading = useRef<"no" | "yes" | "again">("no");

  const read = useCallback(async () => {
    if (!moderation) return setWaiting([]);
    if (reading.current !== "no") {
      reading.current = "again";
      return;
    }
    do {
      reading.current = "yes";
      // Without an answer the next message, or the panel, is another opportunity.
      await moderation.waiting().then(setWaiting, () => {});
    } while ((reading.current as string) === "again");
    reading.current = "no";
  }, [moderation]);

  const readNow = useEffectEvent(() => void read());
  useEffect(() => readNow(), [moderation, isShown]);
  useServerMessage("meet.lobby", () => void read());
  useEffect(() => {
    const again = () => readNow(); // messages may have been lost
    room.on(RoomEvent.Reconnected, again);
    return () => void room.off(RoomEvent.Reconnected, again);
  }, [room]);

  const decide = async (who: Waiting | "all", decision: Decision) => {
    if (!moderation) return;
    setWaiting((before) => (who === "all" ? [] : before.filter((each) => each.id !== who.id)));
    try {
      await (who === "all" ? moderation.decideAll(decision) : moderation.decide(who.id, decision));
    } catch (error) {
      const name = who === "all" ? "" : who.participantName;
      if (isForbidden(error)) warn(t("notAllowed"));
      else warn(isNotFound(error) ? t("waitsNoMore", { name }) : t("decideFailed"));
      void read();
    }
  };
  return { waiting: moderation ? waiting : [], decide };
}
