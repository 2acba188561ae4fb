import { useEffect, useState } from "react";
import { t, type Word } from "../words";
import { Dialog } from "../../shared/ui/Dialog";
import { QrCode } from "../../shared/ui/QrCode";
import type { Invitations, Moderation } from "../api";

const ROLES: [keyof Invitations, Word, Word][] = [
  ["publisherURL", "inviteSpeakers", "qrOfSpeakers"],
  ["viewerURL", "inviteViewers", "qrOfViewers"],
];

/** The links of those whom a moderator invites, to copy or to photograph. Loaded when it is opened. */
export default function Invite({ moderation, onClose }: { moderation: Moderation; onClose: () => void }) {
  const [links, setLinks] = useState<Invitations | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [shown, setShown] = useState<keyof Invitations | null>(null);
  const [copied, setCopied] = useState<{ of: keyof Invitations; worked: boolean } | null>(null);
  useEffect(() => {
    let isOver = false;
    void moderation.invitations().then((found) => isOver || setLinks(found), () => isOver || setFailed(true));
    return () => {
      isOver = true;
    };
  }, [moderation]);
  const copy = async (of: keyof Invitations, text: string) => {
    setCopied(null);
    try {
      await navigator.clipboard.writeText(text);
      setCopied({ of, worked: true });
    } catch {
      setCopied({ of, worked: false }); // it can be selected all the same
    }
  };
  const offered = ROLES.filter(([key]) => links?.[key]);
  return (
    <Dialog title={t("invite")} onClose={onClose}>
      {!links && <p className="soft" role="status">{t(hasFailed ? "inviteFailed" : "inviteLoading")}</p>}
      {links && offered.length === 0 && <p className="soft">{t("inviteNone")}</p>}
      {offered.map(([key, word, qr]) => {
        const address = links?.[key] ?? "";
        return (
          <section key={key} className="invitation" aria-label={t(word)}>
            <h3>{t(word)}</h3>
            <input readOnly aria-label={t(word)} value={address} onFocus={(event) => event.target.select()} />
            <div className="dialog-buttons">
              <button type="button" className="small" aria-expanded={shown === key} onClick={() => setShown(shown === key ? null : key)}>{t("showQr")}</button>
              <button type="button" className="small primary" onClick={() => void copy(key, address)}>{t(copied?.of === key && copied.worked ? "copied" : "copyLink")}</button>
            </div>
            {shown === key && <QrCode text={address} label={t(qr)} />}
          </section>
        );
      })}
      <p className="visually-hidden" role="status">{copied?.worked && t("copied")}</p>
      {copied && !copied.worked && <p role="alert">{t("copyFailed")}</p>}
      <div className="dialog-buttons"><button type="button" onClick={onClose}>{t("close")}</button></div>
    </Dialog>
  );
}
