import {
  isTrackReference, useIsMuted, useIsSpeaking, useParticipantInfo, VideoTrack, type TrackReferenceOrPlaceholder,
} from "@livekit/components-react";
import { Track } from "livekit-client";
import { t } from "../words";
import { MicOff } from "../../shared/ui/icons";
import { initials, shade } from "../../shared/ui/initials";
import { useNameOf } from "./names";
import { Quality } from "./Quality";
import { useMirrored } from "./useMirrored";

interface Props {
  tile: TrackReferenceOrPlaceholder;
  onChoose: (tile: TrackReferenceOrPlaceholder) => void;
  large?: boolean;
}

/** One participant's camera or screen. */
export function Tile({ tile, onChoose, large = false }: Props) {
  const { participant, source } = tile;
  useParticipantInfo({ participant });
  const isScreen = source === Track.Source.ScreenShare;
  const speaking = useIsSpeaking(participant);
  const silent = useIsMuted({ participant, source: Track.Source.Microphone });
  const mirrored = useMirrored(tile);
  const name = useNameOf()(participant);
  const label = isScreen ? t("screenOf", { name }) : participant.isLocal ? t("you", { name }) : name;
  const live = isTrackReference(tile) && !tile.publication.isMuted;
  const look = ["tile", isScreen && "screen", speaking && !isScreen && "speaking", participant.isLocal && "own", large && "is-large"].filter(Boolean).join(" ");
  return (
    <div className={look} data-name={name} data-source={source}>
      {live && isTrackReference(tile) ? (
        <VideoTrack trackRef={tile} className={mirrored ? "mirrored" : undefined} aria-label={label} />
      ) : (
        <span className={`avatar shade-${shade(name)}`} aria-hidden="true">{initials(name)}</span>
      )}
      <p className="tile-name">
        {silent && !isScreen && <span className="silent"><MicOff /><span className="visually-hidden">{t("muted")}</span></span>}
        <span className="tile-text">{label}</span>
        {!isScreen && <Quality participant={participant} />}
      </p>
      <button type="button" className="tile-button" aria-label={t("focusOn", { name: label })} onClick={() => onChoose(tile)} />
    </div>
  );
}
