import { ConnectionState, DisconnectReason, RoomEvent, type Room } from "livekit-client";

/** Leave the meeting, also during an outage: LiveKit says nothing of leaving what is disconnected. */
export function leave(room: Room): void {
  if (room.state === ConnectionState.Disconnected) room.emit(RoomEvent.Disconnected, DisconnectReason.CLIENT_INITIATED);
  else void room.disconnect();
}
