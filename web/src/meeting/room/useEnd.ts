import { useRoomInfo } from "@livekit/components-react";
import { endsAtIn } from "../../shared/received";

/** When the meeting will be ended, if the server has said so; it does in the room's metadata. */
export function useEnd(): number | null {
  const { metadata } = useRoomInfo();
  return endsAtIn(metadata) ?? null;
}
