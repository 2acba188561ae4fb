import { useParticipants, useSpeakingParticipants, useTracks, type TrackReferenceOrPlaceholder } from "@livekit/components-react";
import { Track } from "livekit-client";
import { useEffect, useRef, useState } from "react";
import { t } from "../words";
import { roleOf } from "../../shared/received";
import type { View } from "./layout";
import { Tile } from "./Tile";
import { useGrid } from "./useGrid";

const MOST_TILES = 25;

function keyOf({ participant, source }: TrackReferenceOrPlaceholder): string {
  return `${participant.identity} ${source}`;
}

/** One camera and one screen of each participant who may show any: a client can publish more of them. */
function shownOf(all: TrackReferenceOrPlaceholder[]): TrackReferenceOrPlaceholder[] {
  const found = new Map<string, TrackReferenceOrPlaceholder>();
  for (const each of all) {
    const role = roleOf(each.participant.metadata);
    if (role && role !== "viewer" && !found.has(keyOf(each))) found.set(keyOf(each), each);
  }
  return [...found.values()];
}

/** All participants with a picture: all the same size, or one large. */
export function Stage({ view, onView }: { view: View; onView: (view: View) => void }) {
  const all = useTracks(
    [{ source: Track.Source.Camera, withPlaceholder: true }, { source: Track.Source.ScreenShare, withPlaceholder: false }],
    { onlySubscribed: false },
  );
  const people = useParticipants();
  const tiles = shownOf(all);
  const shared = tiles.find(({ source }) => source === Track.Source.ScreenShare);
  const [pinned, setPinned] = useState<string | null>(null);
  const speaker = useLastSpeaker();

  const sharing = shared ? keyOf(shared) : null;
  useEffect(() => {
    if (!sharing) return;
    setPinned(sharing);
    onView("speaker");
    return () => {
      setPinned(null);
      onView("grid");
    };
  }, [sharing, onView]);

  const others = tiles.filter(({ participant }) => !participant.isLocal);
  const large =
    tiles.find((each) => keyOf(each) === pinned) ??
    others.find(({ participant }) => participant.identity === speaker) ??
    others[0] ?? tiles[0];

  const choose = (tile: TrackReferenceOrPlaceholder) => {
    const key = keyOf(tile);
    const again = view === "speaker" && pinned === key;
    setPinned(again ? null : key);
    onView(again ? "grid" : "speaker");
  };

  if (!large) {
    return <main className="stage empty"><p>{t(people.length > 1 ? "nobodyHere" : "alone")}</p></main>;
  }
  if (view === "speaker") {
    const rest = tiles.filter((each) => keyOf(each) !== keyOf(large)).slice(0, MOST_TILES);
    return (
      <main className="stage speaker-stage" aria-label={t("stage")}>
        <div className="large"><Tile tile={large} onChoose={choose} large /></div>
        {rest.length > 0 && (
          <div className="strip">{rest.map((each) => <Tile key={keyOf(each)} tile={each} onChoose={choose} />)}</div>
        )}
      </main>
    );
  }
  return <GridStage tiles={tiles} onChoose={choose} />;
}

function GridStage({ tiles, onChoose }: { tiles: TrackReferenceOrPlaceholder[]; onChoose: (tile: TrackReferenceOrPlaceholder) => void }) {
  const shown = tiles.slice(0, MOST_TILES);
  const hidden = tiles.length - shown.length;
  const place = useRef<HTMLElement>(null);
  const { width, height } = useGrid(place, shown.length);
  return (
    <main ref={place} className="stage grid-stage" aria-label={t("stage")} style={{ "--width": `${width}px`, "--height": `${height}px` } as React.CSSProperties}>
      {shown.map((each) => <Tile key={keyOf(each)} tile={each} onChoose={onChoose} />)}
      {hidden > 0 && <p className="more">{t("moreHere", { count: hidden })}</p>}
      {tiles.length === 1 && tiles[0]?.participant.isLocal && <p className="alone">{t("alone")}</p>}
    </main>
  );
}

/** The identity of the last speaker, so that the large picture does not change in every pause. */
function useLastSpeaker(): string | null {
  const speaking = useSpeakingParticipants().find((each) => !each.isLocal);
  const [last, setLast] = useState<string | null>(null);
  const now = speaking?.identity ?? null;
  useEffect(() => {
    if (now) setLast(now);
  }, [now]);
  return last;
}
