import { useConnectionQualityIndicator, useRoomContext } from "@livekit/components-react";
import { ConnectionQuality, type Participant } from "livekit-client";
import { useEffect, useState } from "react";
import { t, type Word } from "../words";

export const qualityWords: Record<ConnectionQuality, Word> = {
  [ConnectionQuality.Excellent]: "qualityGood",
  [ConnectionQuality.Good]: "qualityFair",
  [ConnectionQuality.Poor]: "qualityPoor",
  [ConnectionQuality.Lost]: "qualityLost",
  [ConnectionQuality.Unknown]: "qualityUnknown",
};
const bars: Record<ConnectionQuality, number> = {
  [ConnectionQuality.Excellent]: 3,
  [ConnectionQuality.Good]: 2,
  [ConnectionQuality.Poor]: 1,
  [ConnectionQuality.Lost]: 0,
  [ConnectionQuality.Unknown]: 3,
};

const isWeak = (quality: ConnectionQuality) => quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost;

/** A participant's connection as bars, if it is not good. */
export function Quality({ participant }: { participant: Participant }) {
  const { quality } = useConnectionQualityIndicator({ participant });
  const full = bars[quality];
  if (full === 3) return null;
  return (
    <span className={isWeak(quality) ? "quality weak" : "quality"} title={t(qualityWords[quality])}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {[0, 1, 2].map((bar) => (
          <rect key={bar} x={1 + bar * 5} y={10 - bar * 4} width="4" height={5 + bar * 4} rx="1" className={bar < full ? "full" : undefined} />
        ))}
      </svg>
      <span className="visually-hidden">{t(qualityWords[quality])}</span>
    </span>
  );
}

const PATIENCE = 4000; // milliseconds: a short break is not worth a word

/** Says that the participant's own connection is weak, while it is. */
export function WeakConnection({ onDetails }: { onDetails: () => void }) {
  const room = useRoomContext();
  const { quality } = useConnectionQualityIndicator({ participant: room.localParticipant });
  const weak = isWeak(quality);
  const [shown, setShown] = useState(false);
  const [closed, setClosed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(weak), PATIENCE);
    return () => clearTimeout(timer);
  }, [weak]);
  return (
    <div role="status">
      {shown && !closed && (
        <div className="notice lasting with-button">
          <p>{t("weakConnection")}</p>
          <button type="button" className="small" onClick={onDetails}>{t("connectionFigures")}</button>
          <button type="button" className="small" onClick={() => setClosed(true)}>{t("close")}</button>
        </div>
      )}
    </div>
  );
}
