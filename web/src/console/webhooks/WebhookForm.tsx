import { useState } from "react";
import type { Webhook, WebhookOptions } from "../../shared/types";
import { Field } from "../parts/Field";
import { useForm } from "../parts/useForm";
import { t, type Word } from "../words";
import { EventChoice } from "./EventChoice";

type Format = Webhook["format"];
const FORMATS: Format[] = ["standard", "openvidu"];

const MISTAKES: Record<string, Word> = {
  url: "urlMistake",
  events: "chooseSome",
  roomName: "checkFields",
  roomNamePrefix: "prefixMistake",
  secret: "secretMistake",
  format: "formatMistake",
};

interface Props {
  /** The webhook to change; absent for a new one. */
  webhook?: Webhook;
  action: string;
  save: (options: WebhookOptions) => Promise<unknown>;
  onCancel: () => void;
}

export function WebhookForm({ webhook, action, save, onCancel }: Props) {
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [format, setFormat] = useState<Format>(webhook?.format ?? "standard");
  const [events, setEvents] = useState<string[] | null>(webhook?.events ?? null);
  const [roomName, setRoomName] = useState(webhook?.roomName ?? "");
  const [prefix, setPrefix] = useState(webhook?.roomNamePrefix ?? "");
  const [secret, setSecret] = useState("");
  const options = () => ({
    url: url.trim(),
    events,
    format,
    roomName: roomName.trim() || null,
    roomNamePrefix: prefix.trim() || null,
    description: description.trim() || null,
    enabled: webhook?.enabled ?? true,
    ...(secret && { secret }),
  });
  const { form, isBusy, mistake, problem, submit } = useForm(() => save(options()), MISTAKES);

  return (
    <form ref={form} className="card form" noValidate onSubmit={submit}>
      <Field label={t("url")} hint={t("urlHint")} mistake={mistake("url")}>
        {(control) => (
          <input {...control} type="url" inputMode="url" autoComplete="off" spellCheck={false} placeholder="https://" value={url} onChange={(event) => setUrl(event.target.value)} />
        )}
      </Field>
      <Field label={t("descriptionLabel")} hint={t("descriptionHint")}>
        {(control) => <input {...control} maxLength={200} autoComplete="off" value={description} onChange={(event) => setDescription(event.target.value)} />}
      </Field>
      <fieldset className="choice">
        <legend>{t("format")}</legend>
        <div className="options">
          {FORMATS.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="format"
                checked={format === each}
                onChange={() => {
                  setFormat(each);
                  setEvents(null); // the formats have different names
                }}
              />
              <span>{t(each)}</span>
            </label>
          ))}
        </div>
        {format === "openvidu" && <p className="hint">{t("openviduHint")}</p>}
        {mistake("format") && <p className="mistake" role="alert">{mistake("format")}</p>}
      </fieldset>
      <EventChoice format={format} names={events} mistake={mistake("events")} onChange={setEvents} />
      <Field label={t("onlyRoom")} hint={t("optional")} mistake={mistake("roomName")}>
        {(control) => <input {...control} autoComplete="off" spellCheck={false} value={roomName} onChange={(event) => setRoomName(event.target.value)} />}
      </Field>
      <Field label={t("onlyPrefix")} hint={t("optional")} mistake={mistake("roomNamePrefix")}>
        {(control) => <input {...control} autoComplete="off" spellCheck={false} value={prefix} onChange={(event) => setPrefix(event.target.value)} />}
      </Field>
      {!webhook && format === "openvidu" && (
        <Field label={t("secret")} hint={t("secretHint")} mistake={mistake("secret")}>
          {(control) => <input {...control} autoComplete="off" spellCheck={false} value={secret} onChange={(event) => setSecret(event.target.value)} />}
        </Field>
      )}
      {problem && <p className="mistake" role="alert">{problem}</p>}
      <div className="form-buttons">
        <button type="button" onClick={onCancel}>{t("cancel")}</button>
        <button className="primary" disabled={isBusy}>{isBusy ? t("saving") : action}</button>
      </div>
    </form>
  );
}
