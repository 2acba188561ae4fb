import { useState } from "react";
import type { Invitation, Role, Room } from "../../shared/types";
import { CopyButton } from "../parts/CopyButton";
import { Dialog } from "../../shared/ui/Dialog";
import { Checkbox, Field } from "../parts/Field";
import { useForm } from "../parts/useForm";
import { t, type Word } from "../words";
import { invite } from "./api";
import { RoleChoice } from "./RoleChoice";

const MOST_JOINS = 10_000;
const MISTAKES: Record<string, Word> = { participantName: "nameMistake", expiresAt: "fieldFuture", maxJoins: "joinsMistake" };

interface Props {
  room: Room;
  onMade: () => void;
  onClose: () => void;
}

/** Makes an invitation, and shows its link, once. */
export function Invite({ room, onMade, onClose }: Props) {
  const [made, setMade] = useState<Invitation | null>(null);
  if (made?.url) return <Made invitation={made} url={made.url} onMore={() => setMade(null)} onClose={onClose} />;
  return (
    <InviteForm
      room={room}
      onMade={(invitation) => {
        setMade(invitation);
        onMade();
      }}
      onClose={onClose}
    />
  );
}

function InviteForm({ room, onMade, onClose }: { room: Room; onMade: (invitation: Invitation) => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("publisher");
  const [ends, setEnds] = useState("");
  const [most, setMost] = useState("");
  const [skips, setSkips] = useState(false);
  const save = async () => onMade(await invite(room.roomName, {
    participantName: name,
    role,
    expiresAt: ends === "" ? null : new Date(ends).getTime(),
    maxJoins: most.trim() === "" ? null : Number(most),
    skipLobby: skips,
  }));
  const { form, isBusy, mistake, problem, submit } = useForm(save, MISTAKES, { most: MOST_JOINS });
  return (
    <Dialog title={t("inviteTitle")} onClose={isBusy ? null : onClose}>
      <p className="soft">{t("inviteText")}</p>
      <form ref={form} className="dialog-form" onSubmit={submit} noValidate>
        <Field label={t("name")} mistake={mistake("participantName")}>
          {(control) => <input {...control} autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <RoleChoice role={role} onChange={setRole} />
        <Field label={t("inviteEnds")} hint={t("inviteEndsHint")} mistake={mistake("expiresAt")}>
          {(control) => <input {...control} type="datetime-local" value={ends} onChange={(event) => setEnds(event.target.value)} />}
        </Field>
        <Field label={t("mostJoins")} hint={t("mostJoinsHint")} mistake={mistake("maxJoins")}>
          {(control) => (
            <input {...control} className="short" type="number" inputMode="numeric" min={1} value={most} onChange={(event) => setMost(event.target.value)} />
          )}
        </Field>
        {room.lobby?.enabled && role !== "moderator" && <Checkbox label={t("skipLobby")} checked={skips} onChange={setSkips} />}
        {problem && <p className="mistake" role="alert">{problem}</p>}
        <div className="dialog-buttons">
          <button type="button" onClick={onClose} disabled={isBusy}>{t("cancel")}</button>
          <button className="primary" disabled={isBusy}>{t("makeInvitation")}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Only its buttons close it: the link is not shown again. */
function Made({ invitation, url, onMore, onClose }: { invitation: Invitation; url: string; onMore: () => void; onClose: () => void }) {
  return (
    <Dialog title={t("invitationFor", { name: invitation.participantName })} onClose={null}>
      <p className="soft">{t("invitationOnce")}</p>
      <code className="secret">{url}</code>
      <div className="dialog-buttons">
        <button onClick={onMore}>{t("inviteMore")}</button>
        <button onClick={onClose}>{t("close")}</button>
        <CopyButton label={t("copyLink")} text={url} className="primary" />
      </div>
    </Dialog>
  );
}
