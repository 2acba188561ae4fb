import { useRoomInfo } from "@livekit/components-react";
import { useState } from "react";
import { endsAtIn, endOf } from "../../shared/received";
import { useServerMessage } from "./useServerMessage";

/** When the meeting will be ended, if the server has said so: now, or before one joined. */
export function useEnd(): number | null {
  const { metadata } = useRoomInfo();
  const [told, setTold] = useState<number | null>(null);
  useServerMessage("meet.ending", (packet) => setTold(endOf(packet)?.endsAt ?? null));
  return endsAtIn(metadata) ?? told;
}
