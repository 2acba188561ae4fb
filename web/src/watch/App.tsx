import { useCallback, useEffect, useRef, useState } from "react";
import { fully, length, size } from "../shared/format";
import { reasonOf, type AnyReason } from "../shared/http";
import type { SharedRecording } from "../shared/types";
import { Mark } from "../shared/ui/icons";
import { LanguageChoice } from "../shared/ui/LanguageChoice";
import { openLink, type Link } from "./link";
import { Player } from "./Player";
import { choose, t, type Word } from "./words";

/** The page of a share link: what the recording is, and its player; or why there is none. */
export function App({ link }: { link: Link }) {
  const [shown, setShown] = useState<SharedRecording | null>(null);
  const [problem, setProblem] = useState<AnyReason | null>(null);

  const open = useCallback(async () => {
    try {
      setShown(await openLink(link));
      setProblem(null);
    } catch (error) {
      setProblem(reasonOf(error));
    }
  }, [link]);
  useEffect(() => void open(), [open]);

  if (problem !== null) return <Problem reason={problem} onAgain={() => void open()} />;
  if (shown === null) {
    return <main className="boot"><h1 className="visually-hidden">{t("recording")}</h1><div className="spinner" /></main>;
  }
  return <Recording shown={shown} reopen={open} />;
}

function Recording({ shown, reopen }: { shown: SharedRecording; reopen: () => Promise<void> }) {
  const title = titleOf(shown.roomName);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <main className="watch">
      <Player shown={shown} title={title} reopen={reopen} />
      <div className="watch-about">
        <div>
          <h1>{title}</h1>
          <p className="watch-facts">
            <time dateTime={new Date(shown.startedAt).toISOString()}>{fully(shown.startedAt)}</time>
            {shown.duration !== undefined && <span>{t("length", { length: length(shown.duration) })}</span>}
          </p>
        </div>
        {shown.download && (
          <a className="watch-save" href={`${shown.streamUrl}&download=true`} download>
            {shown.size === undefined ? t("download") : t("downloadOf", { size: size(shown.size) })}
          </a>
        )}
      </div>
      <p className="watch-end">{t("until", { time: fully(shown.expiresAt) })}</p>
      <LanguageChoice t={t} choose={choose} />
    </main>
  );
}

const TELLINGS: Partial<Record<AnyReason, readonly [Word, Word]>> = {
  link_not_found: ["goneTitle", "gone"],
  recording_not_found: ["goneTitle", "gone"],
  not_found: ["goneTitle", "gone"],
  invalid_request: ["goneTitle", "gone"],
  link_expired: ["expiredTitle", "expired"],
  link_used_up: ["usedUpTitle", "usedUp"],
};

function Problem({ reason, onAgain }: { reason: AnyReason; onAgain: () => void }) {
  const [word, text] = TELLINGS[reason] ?? ["busyTitle", "busy"];
  const title = t(word);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => heading.current?.focus(), [word]); // screen readers read it out
  return (
    <main className="card-page" data-problem={reason}>
      <div className="card end-card">
        <Mark />
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        <p>{t(text)}</p>
        {!(reason in TELLINGS) && <button type="button" className="primary" onClick={onAgain}>{t("tryAgain")}</button>}
        <LanguageChoice t={t} choose={choose} />
      </div>
    </main>
  );
}

/** The room's title: its name without the random part. */
const titleOf = (roomName: string) => roomName.replace(/-?[a-z0-9]{15}$/, "") || roomName;
