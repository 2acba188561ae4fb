import { endRoom } from "../api";
import { isNotFound } from "../../shared/http";
import { Confirm } from "../parts/Confirm";
import { toast } from "../parts/toasts";
import { t } from "../words";

interface Props {
  name: string;
  onEnded: () => void;
  onClose: () => void;
}

/** Asks before a room is ended. */
export function EndRoom({ name, onEnded, onClose }: Props) {
  const act = async () => {
    try {
      await endRoom(name);
    } catch (error) {
      if (!isNotFound(error)) throw error; // it has ended already
    }
    toast(t("roomEnded"));
    onEnded();
  };
  return (
    <Confirm title={t("endRoomAsk", { name })} text={t("endRoomText")} action={t("endRoom")} act={act} onClose={onClose} />
  );
}
