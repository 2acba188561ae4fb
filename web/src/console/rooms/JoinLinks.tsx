import { useState } from "react";
import type { Role, Room } from "../../shared/types";
import { updateRoom } from "../api";
import { Open, QrIcon } from "../icons";
import { CopyButton } from "../parts/CopyButton";
import { Dialog } from "../../shared/ui/Dialog";
import { QrCode } from "../../shared/ui/QrCode";
import { sentence } from "../sentences";
import { t } from "../words";
import { ROLES } from "./roles";
import { RotateLink } from "./RotateLink";
import { useSaved } from "./useSaved";

/** The three join links of a room. */
export function JoinLinks({ room }: { room: Room }) {
  const [shown, setShown] = useState<(typeof ROLES)[number] | null>(null);
  const [replacing, setReplacing] = useState<Role | null>(null);
  const { wanted, problem, change } = useSaved<Record<Role, { enabled: boolean }>>((links) => updateRoom(room.roomName, { links }));
  const isEnabled = (role: Role) => (wanted[role] ?? room.links?.[role])?.enabled ?? true;
  return (
    <section className="card section" aria-labelledby="links">
      <h2 id="links">{t("joinLinks")}</h2>
      <ul className="links">
        {ROLES.map((each) => (
          <li key={each.url}>
            <div className="link-text">
              <h3>{t(each.role)}</h3>
              <p className="hint">{t(each.text)}</p>
              {isEnabled(each.role) ? <p className="address">{room[each.url]}</p> : <p className="hint">{t("linkOff")}</p>}
              <span className="buttons link-tools">
                <button className="small plain" aria-label={t("replaceLinkOf", { role: t(each.role) })} onClick={() => setReplacing(each.role)}>{t("replaceLink")}</button>
                <button
                  className="small plain"
                  aria-label={t(isEnabled(each.role) ? "disableLinkOf" : "enableLinkOf", { role: t(each.role) })}
                  onClick={() => change({ [each.role]: { enabled: !isEnabled(each.role) } })}
                >
                  {t(isEnabled(each.role) ? "disableLink" : "enableLink")}
                </button>
              </span>
            </div>
            {isEnabled(each.role) && <span className="buttons">
              <CopyButton label={t("copy")} name={t("copyLinkOf", { role: t(each.role), name: room.roomName })} text={room[each.url]} />
              <button className="small" aria-label={t("qrOf", { role: t(each.role) })} onClick={() => setShown(each)}><QrIcon />QR</button>
              <a className="button small" target="_blank" rel="noopener" href={room[each.url]} aria-label={t("openAs", { role: t(each.role) })}><Open />{t("open")}</a>
            </span>}
          </li>
        ))}
      </ul>
      {problem !== null && <p className="mistake" role="alert">{sentence(problem)}</p>}
      {replacing && <RotateLink room={room.roomName} role={replacing} onClose={() => setReplacing(null)} />}
      {shown && (
        <Dialog title={t("qrTitle", { role: t(shown.role) })} onClose={() => setShown(null)}>
          <p className="soft">{t("qrText")}</p>
          <QrCode text={room[shown.url]} label={t("qrCode")} />
          <p className="address">{room[shown.url]}</p>
          <div className="dialog-buttons">
            <CopyButton label={t("copyLink")} text={room[shown.url]} className="" />
            <button className="primary" onClick={() => setShown(null)}>{t("close")}</button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
