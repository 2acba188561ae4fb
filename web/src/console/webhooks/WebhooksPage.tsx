import { useQuery } from "@tanstack/react-query";
import type { Webhook } from "../../shared/types";
import { Back, Plus } from "../icons";
import { Heading } from "../parts/Heading";
import { Listing } from "../parts/Listing";
import { Notice } from "../parts/Notice";
import { keys } from "../queries";
import { paths } from "../route";
import { t } from "../words";
import { getWebhooks } from "./api";
import { namesOf } from "./names";
import { roomsOf } from "./rooms";
import { Address, State } from "./State";

const POLL = 15_000;

export function WebhooksPage() {
  const { data, error, refetch } = useQuery({ queryKey: keys.webhooks, queryFn: getWebhooks, refetchInterval: POLL });
  const create = <a className="button primary" href={paths.newWebhook}><Plus />{t("newWebhook")}</a>;
  return (
    <>
      <a className="back" href={paths.events()}><Back />{t("events")}</a>
      <div className="page-head">
        <Heading title={t("webhooks")} />
        {create}
      </div>
      <p className="lead">{t("webhooksText")}</p>
      <Listing
        items={data ?? null}
        error={error}
        hasMore={false}
        isMore={false}
        reload={refetch}
        more={refetch}
        empty={<Notice title={t("noWebhooks")} text={t("noWebhooksText")}>{create}</Notice>}
      >
        {(items) => (
          <table className="list webhooks">
            <thead>
              <tr>
                <th scope="col">{t("webhook")}</th>
                <th scope="col">{t("status")}</th>
                <th scope="col">{t("sent")}</th>
                <th scope="col" className="wide-only">{t("rooms")}</th>
              </tr>
            </thead>
            <tbody>{items.map((each) => <Row key={each.webhookId} webhook={each} />)}</tbody>
          </table>
        )}
      </Listing>
    </>
  );
}

function Row({ webhook }: { webhook: Webhook }) {
  const { webhookId, url, description, events } = webhook;
  return (
    <tr>
      <th scope="row">
        <a href={paths.webhook(webhookId)}><Address url={url} /></a>
        {description && <span className="row-note">{description}</span>}
      </th>
      <td><State webhook={webhook} /></td>
      <td className="soft names">{namesOf(events)}</td>
      <td className="wide-only soft">{roomsOf(webhook)}</td>
    </tr>
  );
}
