import { useEffect, useRef, useState, type FormEvent } from "react";
import { ApiError } from "../../shared/http";
import { Dialog } from "../../shared/ui/Dialog";
import type { Recording, ShareLink } from "../../shared/types";
import { when } from "../../shared/format";
import { CopyButton } from "../parts/CopyButton";
import { DAY, DAYS, EndChoice, endIn, endOf } from "../parts/EndChoice";
import { Checkbox, Field } from "../parts/Field";
import { numberOf } from "../rooms/fields";
import { sentence } from "../sentences";
import { t, type Word } from "../words";
import { share } from "./api";

const MOST_VIEWS = 1_000_000;
const MISTAKES: Record<string, Word> = { expiresAt: "shareEndsMistake", maxViews: "joinsMistake" };

interface Props {
  recording: Recording;
  onMade: () => void;
  onClose: () => void;
}

/** Makes a share link, and shows its URL, once. */
export function NewShareLink({ recording, onMade, onClose }: Props) {
  const [made, setMade] = useState<ShareLink | null>(null);
  if (made?.url) return <Made link={made} url={made.url} onMore={() => setMade(null)} onClose={onClose} />;
  return (
    <ShareForm
      recording={recording}
      onMade={(link) => {
        setMade(link);
        onMade();
      }}
      onClose={onClose}
    />
  );
}

function ShareForm({ recording, onMade, onClose }: { recording: Recording; onMade: (link: ShareLink) => void; onClose: () => void }) {
  const [end, setEnd] = useState(() => endIn(7 * DAY));
  const [most, setMost] = useState("");
  const [download, setDownload] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);

  const wrong = error instanceof ApiError ? error.fields : [];
  const mistake = (field: string) => (wrong.includes(field) ? t(MISTAKES[field] ?? "checkFields", { most: MOST_VIEWS }) : undefined);
  const isElsewhere = error !== null && !wrong.some((field) => field in MISTAKES);
  const { id, expirationDate, hold } = recording;
  const isDeletedFirst = expirationDate !== undefined && !hold && expirationDate < endOf(end);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    try {
      onMade(await share(id, { expiresAt: endOf(end), maxViews: numberOf(most), download }));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("shareTitle")} onClose={isBusy ? null : onClose}>
      <p className="soft">{t("shareText")}</p>
      <form ref={form} className="dialog-form" onSubmit={(event) => void submit(event)} noValidate>
        <EndChoice end={end} lifetimes={DAYS} mistake={mistake("expiresAt")} onChange={setEnd} />
        {isDeletedFirst && <p className="hint">{t("shareDeletedFirst", { time: when(expirationDate) })}</p>}
        <Field label={t("mostViews")} hint={t("mostViewsHint")} mistake={mistake("maxViews")}>
          {(control) => (
            <input {...control} className="short" type="number" inputMode="numeric" min={1} value={most} onChange={(event) => setMost(event.target.value)} />
          )}
        </Field>
        <Checkbox label={t("allowDownload")} hint={t("allowDownloadHint")} checked={download} onChange={setDownload} />
        {isElsewhere && <p className="mistake" role="alert">{sentence(error)}</p>}
        <div className="dialog-buttons">
          <button type="button" onClick={onClose} disabled={isBusy}>{t("cancel")}</button>
          <button className="primary" disabled={isBusy}>{t("makeInvitation")}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Only its buttons close it: the URL is not shown again. */
function Made({ link, url, onMore, onClose }: { link: ShareLink; url: string; onMore: () => void; onClose: () => void }) {
  return (
    <Dialog title={t("shareReady")} onClose={null}>
      <p className="soft">{t("shareOnce", { time: when(link.expiresAt) })}</p>
      <code className="secret">{url}</code>
      <div className="dialog-buttons">
        <button onClick={onMore}>{t("shareMore")}</button>
        <button onClick={onClose}>{t("close")}</button>
        <CopyButton label={t("copyLink")} text={url} className="primary" />
      </div>
    </Dialog>
  );
}
