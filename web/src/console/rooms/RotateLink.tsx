import { useState } from "react";
import type { Role } from "../../shared/types";
import { Confirm } from "../parts/Confirm";
import { Checkbox } from "../parts/Field";
import { toast } from "../parts/toasts";
import { setRoom } from "../queries";
import { t } from "../words";
import { rotateLink } from "./api";

/** Asks before a join link is replaced. */
export function RotateLink({ room, role, onClose }: { room: string; role: Role; onClose: () => void }) {
  const [disconnects, setDisconnects] = useState(false);
  const act = async () => {
    setRoom(await rotateLink(room, role, disconnects));
    toast(t("linkReplaced", { role: t(role) }));
    onClose();
  };
  return (
    <Confirm title={t("replaceLinkAsk", { role: t(role) })} text={t("replaceLinkText")} action={t("replaceLink")} act={act} onClose={onClose}>
      <Checkbox label={t("disconnectToo")} hint={t("disconnectTooHint")} checked={disconnects} onChange={setDisconnects} />
    </Confirm>
  );
}
