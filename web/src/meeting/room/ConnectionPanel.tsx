import { useConnectionQualityIndicator, useRoomContext } from "@livekit/components-react";
import { useEffect, useState } from "react";
import { byLocale } from "../../shared/i18n";
import { t, type Word } from "../words";
import { measure, type Before, type Figure } from "./figures";
import { useNameOf } from "./names";
import { qualityWords } from "./Quality";
import { Side } from "./Side";

const EVERY = 2000; // milliseconds

const sources: Record<string, Word> = { camera: "camera", microphone: "microphone", screen_share: "screen", screen_share_audio: "screenSound" };
const whole = byLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const percent = byLocale((locale) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }));

/** What each camera, microphone and screen needs of the connection. */
export default function ConnectionPanel({ onClose }: { onClose: () => void }) {
  const room = useRoomContext();
  const nameOf = useNameOf();
  const { quality } = useConnectionQualityIndicator({ participant: room.localParticipant });
  const [figures, setFigures] = useState<Figure[]>([]);
  useEffect(() => {
    const before: Before = new Map();
    let ended = false;
    const read = async () => {
      const found = await measure(room, before).catch(() => []);
      if (!ended) setFigures(found);
    };
    void read();
    const timer = setInterval(() => void read(), EVERY);
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }, [room]);

  return (
    <Side title={t("connection")} onClose={onClose}>
      <p className="hint">{t("yourConnection", { quality: t(qualityWords[quality]) })}</p>
      <ul className="figures" tabIndex={0} aria-label={t("connectionFigures")}>
        {figures.map((each) => {
          const person = room.getParticipantByIdentity(each.identity);
          const name = person ? nameOf(person) : "";
          return (
            <li key={each.key} data-source={each.source}>
              <bdi className="person-name">{each.isLocal ? t("you", { name }) : name}</bdi>
              <small>{t(sources[each.source] ?? "connection")}</small>
              <dl>
                {each.width > 0 && <Value word="resolution">{`${each.width} × ${each.height}`}{each.fps ? ` · ${whole().format(each.fps)}/s` : ""}</Value>}
                <Value word="bitrate">{each.bitrate === null ? "–" : `${whole().format(each.bitrate)} kbit/s`}</Value>
                <Value word="packetLoss">{each.loss === null ? "–" : percent().format(each.loss)}</Value>
              </dl>
            </li>
          );
        })}
      </ul>
    </Side>
  );
}

function Value({ word, children }: { word: Word; children: React.ReactNode }) {
  return <div><dt>{t(word)}</dt><dd>{children}</dd></div>;
}
