import { useState } from "react";
import type { Participant } from "../../shared/types";
import { Confirm } from "../parts/Confirm";
import { Checkbox } from "../parts/Field";
import { keys, queryClient } from "../queries";
import { t } from "../words";
import { remove } from "./api";

interface Props {
  room: string;
  person: Participant;
  onDone: (said: string) => void;
  onClose: () => void;
}

/** Asks before a participant is removed, and whether they may come back. */
export function Remove({ room, person, onDone, onClose }: Props) {
  const { participantName: name, participantIdentity: identity } = person;
  const [isBanned, setBanned] = useState(false);
  const act = async () => {
    await remove(room, identity, isBanned);
    onClose();
    onDone(t(isBanned ? "personBanned" : "personRemoved", { name }));
    if (!isBanned) return;
    await queryClient.invalidateQueries({ queryKey: keys.bans(room) });
    await queryClient.invalidateQueries({ queryKey: keys.invitations(room) });
  };
  return (
    <Confirm title={t("removeAsk", { name })} text={t("removeText")} action={t(isBanned ? "removeAndBan" : "remove")} act={act} onClose={onClose}>
      <Checkbox label={t("ban")} hint={t("banHint")} checked={isBanned} onChange={setBanned} />
    </Confirm>
  );
}
