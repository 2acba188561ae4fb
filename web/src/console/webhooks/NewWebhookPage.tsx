import { useState } from "react";
import type { WebhookWithSecret } from "../../shared/types";
import { Back } from "../icons";
import { Heading } from "../parts/Heading";
import { go, paths } from "../route";
import { t } from "../words";
import { createWebhook } from "./api";
import { SecretDialog } from "./SecretDialog";
import { WebhookForm } from "./WebhookForm";

export function NewWebhookPage() {
  const [created, setCreated] = useState<WebhookWithSecret | null>(null);
  return (
    <>
      <div className="narrow">
        <a className="back" href={paths.webhooks}><Back />{t("webhooks")}</a>
        <div className="page-head"><Heading title={t("newWebhook")} /></div>
        <WebhookForm
          action={t("createWebhook")}
          onCancel={() => go(paths.webhooks)}
          save={async (options) => setCreated(await createWebhook(options))}
        />
      </div>
      {created && (
        <SecretDialog title={t("webhookReady")} secret={created.secret} onClose={() => go(paths.webhook(created.webhookId))} />
      )}
    </>
  );
}
