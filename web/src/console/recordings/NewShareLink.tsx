import { useState } from "react";
import { Dialog } from "../../shared/ui/Dialog";
import type { Recording, ShareLink } from "../../shared/types";
import { when } from "../../shared/format";
import { CopyButton } from "../parts/CopyButton";
import { DAY, DAYS, EndChoice, endAfter, endOf } from "../parts/EndChoice";
import { Checkbox, Field } from "../parts/Field";
import { useForm } from "../parts/useForm";
import { numberOf } from "../rooms/fields";
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
  const [end, setEnd] = useState(() => endAfter(7 * DAY));
  const [most, setMost] = useState("");
  const [download, setDownload] = useState(false);
  const { id, expirationDate, hold } = recording;
  const isDeletedFirst = expirationDate !== undefined && !hold && expirationDate < endOf(end);
  const { form, isBusy, mistake, problem, submit } = useForm(
    async () => onMade(await share(id, { expiresAt: endOf(end), maxViews: numberOf(most), download })),
    MISTAKES,
    { most: MOST_VIEWS },
  );
  return (
    <Dialog title={t("shareTitle")} onClose={isBusy ? null : onClose}>
      <p className="soft">{t("shareText")}</p>
      <form ref={form} className="dialog-form" onSubmit={submit} noValidate>
        <EndChoice end={end} lifetimes={DAYS} mistake={mistake("expiresAt")} onChange={setEnd} />
        {isDeletedFirst && <p className="hint">{t("shareDeletedFirst", { time: when(expirationDate) })}</p>}
        <Field label={t("mostViews")} hint={t("mostViewsHint")} mistake={mistake("maxViews")}>
          {(control) => (
            <input {...control} className="short" type="number" inputMode="numeric" min={1} value={most} onChange={(event) => setMost(event.target.value)} />
          )}
        </Field>
        <Checkbox label={t("allowDownload")} hint={t("allowDownloadHint")} checked={download} onChange={setDownload} />
        {problem && <p className="mistake" role="alert">{problem}</p>}
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
