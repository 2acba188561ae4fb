import { useEffect, useRef, useState } from "react";
import type { SharedRecording } from "../shared/types";
import { t } from "./words";

interface Props {
  shown: SharedRecording;
  title: string;
  /** Opens the link again: for a new pass, or to learn why it cannot be played. */
  reopen: () => Promise<void>;
}

/** Plays the recording; nothing is loaded, and so no view counted, before somebody plays it. */
export function Player({ shown, title, reopen }: Props) {
  const { streamUrl, audioOnly, download } = shown;
  const media = useRef<HTMLVideoElement>(null);
  const reached = useRef(0);
  const hasFailed = useRef(false);
  const [attempt, setAttempt] = useState(0);
  const [isUnplayable, setUnplayable] = useState(false);

  // A player does not say why it failed. Opening the link again does; if that works, it goes on from there.
  const failed = async () => {
    if (hasFailed.current) {
      setUnplayable(true);
      return;
    }
    hasFailed.current = true;
    await reopen();
    setAttempt((before) => before + 1);
  };
  const advanced = () => {
    const now = media.current?.currentTime ?? 0;
    if (now > reached.current) hasFailed.current = false;
    reached.current = now;
  };

  useEffect(() => {
    if (attempt === 0 || media.current === null) return;
    media.current.currentTime = reached.current;
    void media.current.play().catch(() => {}); // the browser may want another touch first
  }, [attempt]);

  if (isUnplayable) return <p className="mistake banner" role="alert">{t("unplayable")}</p>;
  return (
    <video
      key={attempt}
      ref={media}
      className={audioOnly ? "watch-player sound" : "watch-player"}
      controls
      controlsList={download ? undefined : "nodownload"}
      playsInline
      preload="none"
      aria-label={t("recordingOf", { room: title })}
      src={streamUrl}
      onTimeUpdate={advanced}
      onError={() => void failed()}
    />
  );
}
