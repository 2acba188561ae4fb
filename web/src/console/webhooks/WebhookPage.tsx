import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isNotFound } from "../../shared/http";
import type { Webhook } from "../../shared/types";
import { when } from "../../shared/format";
import { Back, Trash } from "../icons";
import { Confirm } from "../parts/Confirm";
import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { toast } from "../parts/toasts";
import { keys, queryClient } from "../queries";
import { go, paths } from "../route";
import { sentence } from "../sentences";
import { t } from "../words";
import { definitionOf, deleteWebhook, enableAndSendSince, getWebhook, updateWebhook } from "./api";
import { Deliveries } from "./Deliveries";
import { namesOf } from "./names";
import { Rotate } from "./Rotate";
import { roomsOf } from "./rooms";
import { saidOfSent } from "./sent";
import { Address, isGivenUp, State } from "./State";
import { TestButton } from "./TestButton";
import { WebhookForm } from "./WebhookForm";

const POLL = 5000;

const keep = (webhook: Webhook) => queryClient.setQueryData(keys.webhook(webhook.webhookId), webhook);

export function WebhookPage({ id }: { id: string }) {
  const [isEditing, setEditing] = useState(false);
  const { data: webhook, error, refetch } = useQuery({
    queryKey: keys.webhook(id),
    queryFn: () => getWebhook(id),
    refetchInterval: isEditing ? false : POLL,
  });
  const back = <a className="back" href={paths.webhooks}><Back />{t("webhooks")}</a>;
  if (isNotFound(error)) return <>{back}<Notice title={t("webhookGoneTitle")} text={t("webhookGone")} isMain /></>;
  if (!webhook) {
    if (error === null) return <>{back}<Heading title={t("webhook")} /></>;
    return (
      <>
        {back}
        <Notice title={t("notShown")} text={sentence(error)} isMain>
          <button onClick={() => void refetch()}>{t("tryAgain")}</button>
        </Notice>
      </>
    );
  }
  if (!isEditing) return <>{back}<Shown webhook={webhook} onEdit={() => setEditing(true)} /></>;
  return (
    <>
      {back}
      <div className="narrow">
        <div className="page-head"><Heading title={t("edit")} /></div>
        <WebhookForm
          webhook={webhook}
          action={t("saveChanges")}
          onCancel={() => setEditing(false)}
          save={async (options) => {
            keep(await updateWebhook(id, options));
            toast(t("saved"));
            setEditing(false);
          }}
        />
      </div>
    </>
  );
}

function Shown({ webhook, onEdit }: { webhook: Webhook; onEdit: () => void }) {
  const { webhookId: id, url, events, description, enabled, format, creationDate } = webhook;
  const [dialog, setDialog] = useState<"delete" | "secret" | null>(null);
  const [missedSince, setMissedSince] = useState<number | null>(null);
  if (isGivenUp(webhook) && missedSince === null) setMissedSince(webhook.disabledAt ?? null); // enabling it forgets this
  const close = () => setDialog(null);
  return (
    <>
      <div className="page-head">
        <Heading title={url}><Address url={url} /></Heading>
        <span className="buttons">
          {missedSince === null && <Toggle webhook={webhook} />}
          <button onClick={onEdit}>{t("edit")}</button>
          <button className="danger" onClick={() => setDialog("delete")}><Trash />{t("deleteWebhook")}</button>
        </span>
      </div>
      {description && <p className="lead">{description}</p>}
      {missedSince !== null && <Missed webhook={webhook} since={missedSince} onDone={() => setMissedSince(null)} />}
      <dl className="facts">
        <div><dt>{t("status")}</dt><dd><State webhook={webhook} /></dd></div>
        <div><dt>{t("sent")}</dt><dd>{namesOf(events)}</dd></div>
        <div><dt>{t("rooms")}</dt><dd className="room-name">{roomsOf(webhook)}</dd></div>
        <div><dt>{t("format")}</dt><dd>{t(format)}</dd></div>
        <div><dt>{t("webhookCreated")}</dt><dd>{when(creationDate)}</dd></div>
      </dl>
      <div className="columns even">
        <TestButton id={id} />
        <section className="card section" aria-labelledby="secret">
          <h2 id="secret">{t("secret")}</h2>
          <p className="soft">{t("secretText")}</p>
          <button className="section-button" onClick={() => setDialog("secret")}>{t("replaceSecret")}</button>
        </section>
      </div>
      <Deliveries key={String(enabled)} webhook={webhook} />
      {dialog === "secret" && <Rotate id={id} onClose={close} />}
      {dialog === "delete" && (
        <Confirm
          title={t("deleteWebhookAsk")}
          text={t("deleteWebhookText", { url })}
          action={t("deleteWebhook")}
          act={async () => {
            await deleteWebhook(id);
            toast(t("webhookDeleted"));
            go(paths.webhooks);
          }}
          onClose={close}
        />
      )}
    </>
  );
}

function Toggle({ webhook, onDone }: { webhook: Webhook; onDone?: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const { webhookId: id, enabled } = webhook;
  const change = async () => {
    setBusy(true);
    try {
      keep(await updateWebhook(id, { ...definitionOf(webhook), enabled: !enabled }));
      toast(t(enabled ? "disabledNow" : "enabledNow"));
      onDone?.();
    } catch (error) {
      toast(sentence(error));
    }
    setBusy(false);
  };
  return <button className={onDone ? "small" : ""} disabled={isBusy} onClick={() => void change()}>{t(enabled ? "disable" : "enable")}</button>;
}

/** Enables a webhook that the system disabled, and makes up for what it missed. Stays until that worked. */
function Missed({ webhook, since, onDone }: { webhook: Webhook; since: number; onDone: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const { webhookId: id, disabledReason } = webhook;
  const resend = async () => {
    setBusy(true);
    try {
      const { count, rest } = await enableAndSendSince(webhook, since);
      rest.catch((error: unknown) => toast(sentence(error)));
      toast(saidOfSent(count));
      await queryClient.invalidateQueries({ queryKey: keys.webhook(id) });
      onDone();
    } catch (error) {
      toast(sentence(error));
      setBusy(false);
    }
  };
  return (
    <div className="mistake banner" role="alert">
      <p>{disabledReason && <><span lang="en">{disabledReason}.</span> </>}{t("disabledSince", { time: when(since) })}</p>
      <span className="buttons">
        <button className="small" disabled={isBusy} onClick={() => void resend()}>{t(isBusy ? "resending" : "enableAndResend")}</button>
        {!isBusy && !webhook.enabled && <Toggle webhook={webhook} onDone={onDone} />}
      </span>
    </div>
  );
}
