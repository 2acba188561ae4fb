import { t } from "../words";
import { cleanName } from "../../shared/received";
import type { Lobby } from "./useLobby";

const MOST_SHOWN = 50;

/** Those who wait to be admitted. */
export function WaitingList({ lobby: { waiting, decide } }: { lobby: Lobby }) {
  const shown = waiting.slice(0, MOST_SHOWN);
  return (
    <section className="waiting" aria-label={t("waitingList")}>
      <header>
        <h3>{t("waitingList")} ({waiting.length})</h3>
        {waiting.length > 1 && <button type="button" className="small" onClick={() => void decide("all", "admit")}>{t("admitAll")}</button>}
      </header>
      <ul>
        {shown.map((each) => {
          const name = cleanName(each.participantName);
          return (
            <li key={each.id}>
              <span className="person">
                <bdi className="person-name">{name}</bdi>
                {each.role === "viewer" && <small>{t("viewer")}</small>}
              </span>
              <button type="button" className="small" aria-label={t("denyName", { name })} onClick={() => void decide(each, "deny")}>{t("deny")}</button>
              <button type="button" className="primary small" aria-label={t("admitName", { name })} onClick={() => void decide(each, "admit")}>{t("admit")}</button>
            </li>
          );
        })}
      </ul>
      {waiting.length > shown.length && <p className="hint">{t("moreHere", { count: waiting.length - shown.length })}</p>}
    </section>
  );
}

/** Tells a moderator that somebody waits, until it is decided. */
export function LobbyNotice({ lobby: { waiting, decide }, onShow }: { lobby: Lobby; onShow: () => void }) {
  const [first] = waiting;
  if (!first) return null;
  const isOne = waiting.length === 1;
  const name = cleanName(first.participantName);
  return (
    <div className="notice lobby-notice">
      <p role="status">{t("waits", { name, count: waiting.length })}</p>
      {isOne ? (
        <button type="button" className="small" aria-label={t("denyName", { name })} onClick={() => void decide(first, "deny")}>{t("deny")}</button>
      ) : (
        <button type="button" className="small" onClick={onShow}>{t("showWaiting")}</button>
      )}
      <button type="button" className="primary small" aria-label={isOne ? t("admitName", { name }) : undefined}
        onClick={() => void decide(isOne ? first : "all", "admit")}>{t(isOne ? "admit" : "admitAll")}</button>
    </div>
  );
}
