import { t } from "../words";
import { Record, Stop } from "../../shared/ui/icons";
import type { Say } from "./useNotices";
import { useRecording } from "./useRecording";

export function RecordButton({ roomName, apiToken, warn }: { roomName: string; apiToken: string; warn: Say }) {
  const { active, pending, label, toggle } = useRecording(roomName, apiToken, warn);
  return (
    <button type="button" className={active ? "control recording" : "control"} disabled={pending} onClick={() => void toggle()}>
      {active ? <Stop /> : <Record />}
      <span>{t(label)}</span>
    </button>
  );
}
