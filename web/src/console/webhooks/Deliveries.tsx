import { useState } from "react";
import type { Webhook, WebhookDelivery } from "../../shared/types";
import { exactly } from "../../shared/format";
import { TYPES } from "../events/types";
import { Listing } from "../parts/Listing";
import { Notice } from "../parts/Notice";
import { toast } from "../parts/toasts";
import { usePages } from "../parts/usePages";
import { POLL } from "../queries";
import { RoomName } from "../rooms/RoomName";
import { paths } from "../route";
import { sentence } from "../sentences";
import { t } from "../words";
import { deliveriesOf, sendAgain } from "./api";
import { saidOfSent } from "./sent";

/** The events that an endpoint has not accepted. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { webhookId: id, enabled } = webhook;
  const deliveries = usePages<WebhookDelivery>(deliveriesOf(id), () => POLL);
  const [isSending, setSending] = useState(false);
  const failed = (deliveries.items ?? []).filter(({ status }) => status === "failed");

  const send = async (some: WebhookDelivery[]) => {
    setSending(true);
    try {
      toast(saidOfSent(await sendAgain(id, some)));
      await deliveries.reload();
    } catch (error) {
      toast(sentence(error));
    }
    setSending(false);
  };
  return (
    <section aria-labelledby="deliveries">
      <div className="list-head">
        <h2 id="deliveries" className="list-title">{t("deliveries")}</h2>
        {enabled && failed.length > 1 && (
          <button className="small" disabled={isSending} onClick={() => void send(failed)}>{t("sendAllAgain")}</button>
        )}
      </div>
      <Listing {...deliveries} empty={<Notice title={t("noDeliveries")} text={t("noDeliveriesText")} />}>
        {(items) => (
          <table className="list deliveries">
            <thead>
              <tr>
                <th scope="col">{t("happened")}</th>
                <th scope="col">{t("status")}</th>
                <th scope="col" className="number">{t("attempts")}</th>
                <th scope="col">{t("lastResult")}</th>
                <th scope="col">{t("nextAttempt")}</th>
                <th scope="col"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {items.map((each) => (
                <Row key={each.eventId} delivery={each} isEnabled={enabled} isSending={isSending} onSend={() => void send([each])} />
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      <p className="hint list-hint">{t("deliveriesText")}</p>
    </section>
  );
}

interface RowProps {
  delivery: WebhookDelivery;
  isEnabled: boolean;
  isSending: boolean;
  onSend: () => void;
}

function Row({ delivery, isEnabled, isSending, onSend }: RowProps) {
  const { type, roomName, position, status, attempts, lastAttemptAt, lastResult } = delivery;
  const isFailed = status === "failed";
  return (
    <tr>
      <th scope="row">
        <span className="event-name">{t(TYPES[type])}</span>
        <span className="row-note"><a href={paths.events("", roomName)}><RoomName name={roomName} /></a> · {position}</span>
      </th>
      <td><span className={`status ${isFailed ? "status-failed" : "status-stopping"}`}>{isFailed ? t("givenUp") : t("waiting")}</span></td>
      <td className="number" data-label={t("attempts")}>{attempts}</td>
      <td className="result">
        {lastResult === undefined ? "–" : <span lang="en">{lastResult}</span>}
        {lastAttemptAt !== undefined && <span className="row-note">{exactly(lastAttemptAt)}</span>}
      </td>
      <td className="soft" data-label={t("nextAttempt")}>{nextAttempt(delivery, isEnabled)}</td>
      <td className="row-actions">
        {isFailed && isEnabled && (
          <button className="small" disabled={isSending} aria-label={t("sendAgainNamed", { name: t(TYPES[type]), position })} onClick={onSend}>
            {t("sendAgain")}
          </button>
        )}
      </td>
    </tr>
  );
}

function nextAttempt({ status, nextAttemptAt }: WebhookDelivery, isEnabled: boolean): string {
  if (status === "failed") return "–";
  if (!isEnabled) return t("whenEnabled");
  return nextAttemptAt === undefined ? t("whenItAnswers") : exactly(nextAttemptAt);
}
