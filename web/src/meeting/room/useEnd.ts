import { useState } from "react";
import { endOf } from "../../shared/received";
import { useServerMessage } from "./useServerMessage";

/** When the meeting will be ended, if the server has said so. */
export function useEnd(): number | null {
  const [endsAt, setEndsAt] = useState<number | null>(null);
  useServerMessage("meet.ending", (packet) => setEndsAt(endOf(packet)?.endsAt ?? null));
  return endsAt;
}
