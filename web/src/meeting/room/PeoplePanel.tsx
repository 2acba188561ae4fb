import { useParticipants } from "@livekit/components-react";
import { useState } from "react";
import { t } from "../words";
import { MicOff } from "../../shared/ui/icons";
import { initials, shade } from "../../shared/ui/initials";
import { isNotFound } from "../../shared/http";
import { roleOf } from "../../shared/received";
import { isForbidden, remove } from "../api";
import { useNameOf } from "./names";
import { Side } from "./Side";
import type { Say } from "./useNotices";

interface Props {
  roomName: string;
  /** Only moderators have one; it authorizes removing participants. */
  apiToken: string | undefined;
  onClose: () => void;
  warn: Say;
}

/** The participants; a moderator can remove them. */
export function PeoplePanel({ roomName, apiToken, onClose, warn }: Props) {
  const nameOf = useNameOf();
  const people = useParticipants().filter((each) => roleOf(each.metadata));
  const [asked, setAsked] = useState<string | null>(null);

  const removeNow = async (identity: string, name: string) => {
    setAsked(null);
    if (apiToken === undefined) return;
    try {
      await remove(roomName, identity, apiToken);
    } catch (error) {
      if (isNotFound(error)) return; // gone already
      warn(isForbidden(error) ? t("notAllowed") : t("removeFailed", { name }));
    }
  };

  return (
    <Side title={`${t("people")} (${people.length})`} onClose={onClose}>
      <ul className="people" aria-label={t("people")} tabIndex={0}>
        {people.map((each) => {
          const name = nameOf(each);
          const role = roleOf(each.metadata);
          return (
            <li key={each.identity}>
              <span className={`avatar shade-${shade(name)}`} aria-hidden="true">{initials(name)}</span>
              <span className="person">
                <span className="person-name">{each.isLocal ? t("you", { name }) : name}</span>
                {role !== "publisher" && <small>{t(role === "moderator" ? "moderator" : "viewer")}</small>}
              </span>
              {role !== "viewer" && !each.isMicrophoneEnabled && (
                <span className="silent"><MicOff /><span className="visually-hidden">{t("muted")}</span></span>
              )}
              {apiToken !== undefined && !each.isLocal && asked !== each.identity && (
                <button type="button" className="plain danger" aria-label={t("removeName", { name })} onClick={() => setAsked(each.identity)}>{t("remove")}</button>
              )}
              {asked === each.identity && (
                <span className="ask" role="group" aria-label={t("removeAsk", { name })}>
                  <span>{t("removeAsk", { name })}</span>
                  <button type="button" className="danger-filled small" autoFocus onClick={() => void removeNow(each.identity, name)}>{t("remove")}</button>
                  <button type="button" className="small" onClick={() => setAsked(null)}>{t("cancel")}</button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </Side>
  );
}
