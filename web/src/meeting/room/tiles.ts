import { useTracks, type TrackReferenceOrPlaceholder } from "@livekit/components-react";
import { Track } from "livekit-client";
import { useState } from "react";
import { roleOf } from "../../shared/received";

export type Shown = TrackReferenceOrPlaceholder;

export function keyOf({ participant, source }: Shown): string {
  return `${participant.identity} ${source}`;
}

export const isScreen = ({ source }: Shown) => source === Track.Source.ScreenShare;

/** One camera and one screen of each participant who may show any: a client can publish more of them. */
export function useTiles(): Shown[] {
  const all = useTracks(
    [{ source: Track.Source.Camera, withPlaceholder: true }, { source: Track.Source.ScreenShare, withPlaceholder: false }],
    { onlySubscribed: false },
  );
  return shownOf(all);
}

function shownOf(all: Shown[]): Shown[] {
  const found = new Map<string, Shown>();
  for (const each of all) {
    const role = roleOf(each.participant.metadata);
    if (role && role !== "viewer" && !found.has(keyOf(each))) found.set(keyOf(each), each);
  }
  return [...found.values()];
}

/** The keys of the screens that others share, in the order in which they began. */
export function useShares(): string[] {
  const tracks = useTracks([{ source: Track.Source.ScreenShare, withPlaceholder: false }], { onlySubscribed: false });
  const now = shownOf(tracks).filter(({ participant }) => !participant.isLocal).map(keyOf);
  const [before, setBefore] = useState<string[]>([]);
  const order = [...before.filter((key) => now.includes(key)), ...now.filter((key) => !before.includes(key))];
  const isSame = order.length === before.length && order.every((key, index) => key === before[index]);
  if (!isSame) setBefore(order);
  return isSame ? before : order;
}
