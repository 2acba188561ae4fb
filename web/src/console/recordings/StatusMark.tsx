import type { Recording } from "../../shared/types";
import { length } from "../../shared/format";
import { useNow } from "../parts/useNow";
import { t } from "../words";
import { STATUS } from "./status";

/** A recording's status, and why it failed: the API's own sentence, which is English. */
export function StatusMark({ recording }: { recording: Recording }) {
  const { status, error } = recording;
  return (
    <>
      <span className={`status status-${status.toLowerCase()}`}>{t(STATUS[status])}</span>
      {error && <span className="row-note" lang="en">{error}</span>}
    </>
  );
}

/** A recording's length, or the time since it started. */
export function Length({ recording }: { recording: Recording }) {
  const { status, startedAt, duration } = recording;
  if (duration !== undefined) return length(duration);
  return status === "STARTED" && startedAt !== undefined ? <Running since={startedAt} /> : "–";
}

function Running({ since }: { since: number }) {
  return length(Math.max(0, useNow() - since) / 1000);
}
