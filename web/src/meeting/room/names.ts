import { useRoomContext } from "@livekit/components-react";
import type { Participant, Room } from "livekit-client";
import { useCallback } from "react";
import { cleanName } from "../../shared/received";

/** The displayed name: participants with the same name are numbered in the order in which they joined. */
export function nameOf(participant: Participant, room: Room): string {
  const people = new Set<Participant>([room.localParticipant, ...room.remoteParticipants.values(), participant]);
  const taken = new Set<string>();
  for (const each of [...people].sort(byJoining)) {
    const label = firstFree(ownName(each), taken);
    if (each.identity === participant.identity) return label;
    taken.add(label);
  }
  return ownName(participant);
}

const ownName = ({ name, identity }: Participant) => cleanName(name) || cleanName(identity) || "?";

export function useNameOf(): (participant: Participant) => string {
  const room = useRoomContext();
  return useCallback((participant) => nameOf(participant, room), [room]);
}

export function byJoining(one: Participant, other: Participant): number {
  const later = (one.joinedAt?.getTime() ?? 0) - (other.joinedAt?.getTime() ?? 0);
  return later || (one.identity < other.identity ? -1 : 1); // the same order on every screen
}

function firstFree(name: string, taken: Set<string>): string {
  let label = name;
  for (let number = 2; taken.has(label); number++) label = `${name} (${number})`;
  return label;
}
