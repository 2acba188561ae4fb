import { isTrackReference, useIsMuted, useIsSpeaking, useParticipantInfo, VideoTrack } from "@livekit/components-react";
import { Track } from "livekit-client";
import { useState, type SyntheticEvent } from "react";
import { t } from "../words";
import { MicOff, Screen } from "../../shared/ui/icons";
import { initials, shade } from "../../shared/ui/initials";
import { EyeOff, Hand, Pin } from "./icons";
import { useNameOf } from "./names";
import { isScreen as isScreenOf, keyOf, type Shown } from "./tiles";
import { useHandOf } from "./useHands";
import type { Layout } from "./useLayout";
import { Quality } from "./Quality";
import { useMirrored } from "./useMirrored";

interface Props {
  tile: Shown;
  layout: Layout;
  large?: boolean;
}

/** One participant's camera or screen. */
export function Tile({ tile, layout, large = false }: Props) {
  const { participant, source } = tile;
  useParticipantInfo({ participant });
  const isScreen = isScreenOf(tile);
  const isSpeaking = useIsSpeaking(participant) && !isScreen;
  const silent = useIsMuted({ participant, source: Track.Source.Microphone });
  const hand = useHandOf(participant);
  const name = useNameOf()(participant);
  const isOwn = participant.isLocal;
  const label = isScreen ? t("screenOf", { name }) : isOwn ? t("you", { name }) : name;
  const isPinned = layout.view === "speaker" && layout.pinned === keyOf(tile);
  const look = ["tile", isScreen && "screen", isSpeaking && "speaking", isOwn && "own", large && "is-large"].filter(Boolean).join(" ");
  return (
    <div className={look} data-name={name} data-source={source}>
      {isScreen && isOwn
        ? <p className="own-screen"><Screen />{t("youShare")}</p> // not the screen itself, which shows this page
        : <Picture tile={tile} name={name} label={label} />}
      <p className="tile-name">
        {isPinned && <Pin />}
        {hand > 0 && !isScreen && <span className="raised"><Hand />{hand}<span className="visually-hidden">{t("handUp")}</span></span>}
        {silent && !isScreen && <span className="silent"><MicOff /><span className="visually-hidden">{t("muted")}</span></span>}
        <bdi className="tile-text">{label}</bdi>
        {isSpeaking && <span className="visually-hidden">{t("speaking")}</span>}
        {!isScreen && <Quality participant={participant} />}
      </p>
      <button type="button" className="tile-button" aria-label={t("focusOn", { name: label })} aria-pressed={isPinned} onClick={() => layout.pin(keyOf(tile))} />
      {isOwn && !isScreen && (
        <button type="button" className="tile-tool" aria-label={t("hideSelf")} title={t("hideSelf")} onClick={() => layout.setHidesSelf(true)}><EyeOff /></button>
      )}
    </div>
  );
}

/** The video, cut to the tile only if little of it is lost (meeting.css), or the initials. */
function Picture({ tile, name, label }: { tile: Shown; name: string; label: string }) {
  const isMirrored = useMirrored(tile);
  const [shape, setShape] = useState<"upright" | "square" | "wide">("wide");
  const measure = ({ currentTarget: { videoWidth, videoHeight } }: SyntheticEvent<HTMLVideoElement>) => {
    const ratio = videoWidth / videoHeight || 16 / 9;
    setShape(ratio < 0.8 ? "upright" : ratio < 1.25 ? "square" : "wide");
  };
  if (!isTrackReference(tile) || tile.publication.isMuted) {
    return <span className={`avatar shade-${shade(name)}`} aria-hidden="true">{initials(name)}</span>;
  }
  const look = [shape, isMirrored && "mirrored"].filter(Boolean).join(" ");
  return <VideoTrack trackRef={tile} className={look} aria-label={label} onResize={measure} onLoadedMetadata={measure} />;
}
