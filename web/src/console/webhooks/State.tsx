import type { Webhook } from "../../shared/types";
import { when } from "../../shared/format";
import { t } from "../words";

/** True if the system disabled it: a user's own change has no time. */
export const isGivenUp = ({ enabled, disabledAt }: Webhook) => !enabled && disabledAt !== undefined;

/** A webhook's state, and why it is so: the API's own sentence, which is English. */
export function State({ webhook }: { webhook: Webhook }) {
  const { enabled, failingSince, disabledReason } = webhook;
  if (!enabled) {
    return (
      <>
        <span className={`status ${isGivenUp(webhook) ? "status-failed" : ""}`}>{t("stateDisabled")}</span>
        {disabledReason && <span className="row-note" lang="en">{disabledReason}</span>}
      </>
    );
  }
  if (failingSince === undefined) return <span className="status status-ready">{t("stateEnabled")}</span>;
  return (
    <>
      <span className="status status-failed">{t("stateFailing")}</span>
      <span className="row-note">{t("failingFor", { time: when(failingSince) })}</span>
    </>
  );
}

/** The address of a webhook; its host is emphasized. */
export function Address({ url }: { url: string }) {
  const { host, pathname, search } = new URL(url);
  const rest = `${pathname}${search}`;
  return <span className="room-name">{host}<span className="suffix">{rest === "/" ? "" : rest}</span></span>;
}
