import { useRef } from "react";
import { when } from "../../shared/format";
import { useDone } from "../parts/useDone";
import { keys } from "../queries";
import { sentence } from "../sentences";
import { list } from "../../shared/i18n";
import { t } from "../words";
import { getBans, liftBan } from "./api";
import { useOfRoom } from "./useOfRoom";

const POLL = 15_000;

/** Those who may not come back. Shows nothing while there are none. */
export function Bans({ room }: { room: string }) {
  const { data: bans = [], error, refetch } = useOfRoom(room, {
    key: keys.bans(room),
    read: () => getBans(room),
    poll: () => POLL,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const { act } = useDone(keys.bans(room), heading);
  if (error === null && bans.length === 0) return null;
  return (
    <section aria-labelledby="bans">
      <h2 id="bans" ref={heading} tabIndex={-1} className="list-title">{t("bans")}</h2>
      {error !== null && (
        <div className="mistake banner" role="alert">
          <p>{sentence(error)}</p>
          <button className="small" onClick={() => void refetch()}>{t("tryAgain")}</button>
        </div>
      )}
      {bans.length > 0 && (
        <div className="list-card">
          <table className="list bans">
            <thead>
              <tr>
                <th scope="col">{t("name")}</th>
                <th scope="col">{t("refused")}</th>
                <th scope="col">{t("bannedSince")}</th>
                <th scope="col"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {bans.map(({ banId, participantName: name, externalId, bansName, since }) => (
                <tr key={banId}>
                  <th scope="row"><span className="person">{name}</span></th>
                  <td className="soft reasons">{list([bansName ? t("theName") : "", externalId ? t("theId", { id: externalId }) : "", !bansName && !externalId ? t("theInvitation") : ""].filter(Boolean))}</td>
                  <td className="soft">{when(since)}</td>
                  <td className="row-actions">
                    <button className="small plain" aria-label={t("liftNamed", { name })} onClick={() => act(() => liftBan(room, banId), t("lifted", { name }))}>{t("lift")}</button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="hint list-hint">{t("bansHint")}</p>
    </section>
  );
}
