import { isTrackReference, type TrackReferenceOrPlaceholder } from "@livekit/components-react";
import { facingModeFromLocalTrack, LocalTrack, Track, TrackEvent } from "livekit-client";
import { useEffect, useState } from "react";

/** True for the participant's own camera, which is shown as a mirror unless it looks away from them. */
export function useMirrored(tile: TrackReferenceOrPlaceholder): boolean {
  const track = isTrackReference(tile) ? tile.publication.track : undefined;
  const [away, setAway] = useState(false);
  useEffect(() => {
    if (!(track instanceof LocalTrack)) return;
    const read = () => setAway(facingModeFromLocalTrack(track).facingMode === "environment");
    read();
    track.on(TrackEvent.Restarted, read);
    return () => void track.off(TrackEvent.Restarted, read);
  }, [track]);
  return tile.participant.isLocal && tile.source === Track.Source.Camera && !away;
}
