import { useState } from "react";
import { endIn } from "../../shared/received";
import { useServerMessage } from "./useServerMessage";

/** When the meeting will be ended, if the server has said so. */
export function useEnd(): number | null {
  const [endsAt, setEndsAt] = useState<number | null>(null);
  useServerMessage("meet.ending", (packet) => setEndsAt(endIn(packet)?.endsAt ?? null));
  return endsAt;
}
