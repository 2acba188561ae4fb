import { useParticipants, useSpeakingParticipants } from "@livekit/components-react";
import { useEffect, useRef, useState } from "react";
import { t } from "../words";
import { Back, Forward } from "./icons";
import { Tile } from "./Tile";
import { isScreen, keyOf, useTiles, type Shown } from "./tiles";
import { useForward } from "./useForward";
import { useGrid } from "./useGrid";
import type { Layout } from "./useLayout";
import { usePages, type Pages } from "./usePages";

const MOST_IN_STRIP = 25;
const FIRST_IN_STRIP = 4; // of which none has to be looked for

/** All participants with a picture: all the same size, or one large. */
export function Stage({ layout }: { layout: Layout }) {
  const all = useTiles();
  const isAlone = useParticipants().length <= 1;
  const speaker = useLastSpeaker();
  const tiles = layout.hidesSelf ? all.filter((each) => isScreen(each) || !each.participant.isLocal) : all;
  const others = tiles.filter(({ participant }) => !participant.isLocal);
  const large =
    tiles.find((each) => keyOf(each) === layout.pinned) ??
    others.find((each) => each.participant.identity === speaker && !isScreen(each)) ??
    others[0] ?? tiles[0];

  if (!large) {
    return <main className="stage empty"><p>{t(isAlone ? "alone" : "nobodyHere")}</p></main>;
  }
  return layout.view === "speaker"
    ? <SpeakerStage large={large} tiles={tiles} layout={layout} />
    : <GridStage tiles={tiles} layout={layout} isAlone={isAlone} />;
}

interface Props {
  tiles: Shown[];
  layout: Layout;
}

function SpeakerStage({ large, tiles, layout }: Props & { large: Shown }) {
  const rest = useForward(tiles.filter((each) => keyOf(each) !== keyOf(large)), FIRST_IN_STRIP).slice(0, MOST_IN_STRIP);
  return (
    <main className="stage speaker-stage" aria-label={t("stage")}>
      <div className="large"><Tile tile={large} layout={layout} large /></div>
      {rest.length > 0 && (
        <div className="strip">{rest.map((each) => <Tile key={keyOf(each)} tile={each} layout={layout} />)}</div>
      )}
    </main>
  );
}

/** Only the tiles of one page are there: what is not shown is not received either. */
function GridStage({ tiles, layout, isAlone }: Props & { isAlone: boolean }) {
  const place = useRef<HTMLElement>(null);
  const { perPage, tileFor } = useGrid(place, tiles.length);
  const order = useForward(tiles, perPage);
  const pages = usePages(tiles.length, perPage);
  const shown = order.slice(pages.page * perPage, (pages.page + 1) * perPage);
  const { width, height } = tileFor(shown.length);
  return (
    <main ref={place} className="stage grid-stage" aria-label={t("stage")} {...pages.handlers}
      style={{ "--width": `${width}px`, "--height": `${height}px` } as React.CSSProperties}>
      {shown.map((each) => <Tile key={keyOf(each)} tile={each} layout={layout} />)}
      {pages.count > 1 && <Turn pages={pages} />}
      {isAlone && <p className="alone">{t("alone")}</p>}
    </main>
  );
}

function Turn({ pages: { page, count, go } }: { pages: Pages }) {
  return (
    <div className="pages" role="group" aria-label={t("pages")}>
      <button type="button" className="plain" aria-label={t("previousPage")} disabled={page === 0} onClick={() => go(page - 1)}><Back /></button>
      <span role="status"><span className="visually-hidden">{t("pageOf", { page: page + 1, count })}</span><span aria-hidden="true">{page + 1} / {count}</span></span>
      <button type="button" className="plain" aria-label={t("nextPage")} disabled={page === count - 1} onClick={() => go(page + 1)}><Forward /></button>
    </div>
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
