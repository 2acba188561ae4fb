import { useRef, useState } from "react";
import type { Invitation, Room } from "../../shared/types";
import { number } from "../../shared/i18n";
import { when } from "../../shared/format";
import { Plus } from "../icons";
import { Confirm } from "../parts/Confirm";
import { Listing } from "../parts/Listing";
import { useDone } from "../parts/useDone";
import { useNow } from "../parts/useNow";
import { keys } from "../queries";
import { t, type Word } from "../words";
import { getInvitations, revoke } from "./api";
import { Invite } from "./Invite";
import { useOfRoom } from "./useOfRoom";

const POLL = 15_000;

type State = "valid" | "usedUp" | "expired" | "revoked";
const WORDS: Record<State, Word> = { valid: "valid", usedUp: "usedUp", expired: "expired", revoked: "revoked" };

function stateOf({ revoked, expiresAt, maxJoins, joins }: Invitation, now: number): State {
  if (revoked) return "revoked";
  if (expiresAt !== undefined && expiresAt <= now) return "expired";
  return maxJoins !== undefined && joins >= maxJoins ? "usedUp" : "valid";
}

/** The links for one person each. */
export function Invitations({ room }: { room: Room }) {
  const name = room.roomName;
  const { data: invitations, error, refetch } = useOfRoom(name, {
    key: keys.invitations(name),
    read: () => getInvitations(name),
    poll: () => POLL,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const { done } = useDone(keys.invitations(name), heading);
  const [isInviting, setInviting] = useState(false);
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const close = () => setRevoking(null);
  return (
    <section aria-labelledby="invitations">
      <div className="list-head">
        <h2 id="invitations" ref={heading} tabIndex={-1} className="list-title">{t("invitations")}</h2>
        <button className="small" onClick={() => setInviting(true)}><Plus />{t("invite")}</button>
      </div>
      <Listing
        items={invitations ?? null}
        error={error}
        hasMore={false}
        isMore={false}
        reload={refetch}
        more={refetch}
        empty={<p className="list-card quiet">{t("noInvitations")}</p>}
      >
        {(items) => (
          <table className="list invitations">
            <thead>
              <tr>
                <th scope="col">{t("name")}</th>
                <th scope="col">{t("role")}</th>
                <th scope="col">{t("status")}</th>
                <th scope="col">{t("joins")}</th>
                <th scope="col" className="wide-only">{t("lastJoin")}</th>
                <th scope="col"><span className="visually-hidden">{t("actions")}</span></th>
              </tr>
            </thead>
            <tbody>
              {items.map((each) => <Row key={each.invitationId} invitation={each} onRevoke={() => setRevoking(each)} />)}
            </tbody>
          </table>
        )}
      </Listing>
      {isInviting && <Invite room={room} onMade={() => void refetch()} onClose={() => setInviting(false)} />}
      {revoking && (
        <Confirm
          title={t("revokeAsk", { name: revoking.participantName })}
          text={t("revokeText")}
          action={t("revoke")}
          act={async () => {
            await revoke(name, revoking.invitationId);
            close();
            void done(t("invitationRevoked"));
          }}
          onClose={close}
        />
      )}
    </section>
  );
}

function Row({ invitation, onRevoke }: { invitation: Invitation; onRevoke: () => void }) {
  const { participantName: name, role, joins, maxJoins, expiresAt, lastJoinAt, skipLobby } = invitation;
  const state = stateOf(invitation, useNow());
  return (
    <tr>
      <th scope="row">
        <span className="person">{name}</span>
        {skipLobby && <span className="row-note">{t("skipsLobby")}</span>}
      </th>
      <td className="soft">{t(role)}</td>
      <td>
        <span className={`status status-${state === "valid" ? "ready" : "over"}`}>{t(WORDS[state])}</span>
        {state === "valid" && expiresAt !== undefined && <span className="row-note">{t("until", { time: when(expiresAt) })}</span>}
      </td>
      <td className="soft" data-label={t("joins")}>{maxJoins === undefined ? number(joins) : t("joinsOf", { joins, most: maxJoins })}</td>
      <td className="wide-only soft">{lastJoinAt === undefined ? t("never") : when(lastJoinAt)}</td>
      <td className="row-actions">
        {state !== "revoked" && <button className="small plain danger" aria-label={t("revokeNamed", { name })} onClick={onRevoke}>{t("revoke")}</button>}
      </td>
    </tr>
  );
}
