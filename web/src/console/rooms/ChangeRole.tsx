import { useState, type FormEvent } from "react";
import type { Participant } from "../../shared/types";
import { Dialog } from "../../shared/ui/Dialog";
import { sentence } from "../sentences";
import { t } from "../words";
import { setRole } from "./api";
import { RoleChoice } from "./RoleChoice";

interface Props {
  room: string;
  person: Participant;
  onDone: (said: string) => void;
  onClose: () => void;
}

/** Gives a participant another role while they meet. */
export function ChangeRole({ room, person, onDone, onClose }: Props) {
  const { participantName: name, participantIdentity: identity } = person;
  const [role, choose] = useState(person.role ?? "publisher");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (role === person.role) return onClose();
    setBusy(true);
    try {
      await setRole(room, identity, role);
      onClose();
      onDone(t("roleChanged", { name, role: t(role) }));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("changeRoleOf", { name })} onClose={isBusy ? null : onClose}>
      <p className="soft">{t("changeRoleText")}</p>
      <form className="rotate" onSubmit={(event) => void submit(event)}>
        <RoleChoice role={role} onChange={choose} />
        {error !== null && <p className="mistake" role="alert">{sentence(error)}</p>}
        <div className="dialog-buttons">
          <button type="button" onClick={onClose} disabled={isBusy}>{t("cancel")}</button>
          <button className="primary" disabled={isBusy}>{t("changeRoleDo")}</button>
        </div>
      </form>
    </Dialog>
  );
}
