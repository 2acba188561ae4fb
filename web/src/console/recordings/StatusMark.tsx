import type { Recording } from "../api";
import { length } from "../format";
import { useNow } from "../parts/useNow";
import { translated } from "../sentences";
import { t } from "../words";
import { STATUS } from "./status";

/** How far a recording has come, and why it failed. */
export function StatusMark({ recording }: { recording: Recording }) {
  const { status, error } = recording;
  return (
    <>
      <span className={`status status-${status.toLowerCase()}`}>{t(STATUS[status])}</span>
      {error && <span className="row-note">{translated(error)}</span>}
    </>
  );
}

/** How long a recording is, or has been going on. */
export function Length({ recording }: { recording: Recording }) {
  const { status, startedAt, duration } = recording;
  if (duration !== undefined) return length(duration);
  return status === "STARTED" && startedAt !== undefined ? <Running since={startedAt} /> : "–";
}

function Running({ since }: { since: number }) {
  return length(Math.max(0, useNow() - since) / 1000);
}
