import { useId } from "react";
import { t, type Word } from "./words";

interface Props {
  label: Word;
  devices: MediaDeviceInfo[];
  value: string | undefined;
  onChange: (id: string) => void;
}

/** A list of cameras, microphones or loudspeakers. */
export function DeviceChoice({ label, devices, value, onChange }: Props) {
  const id = useId();
  const chosen = devices.find((each) => each.deviceId === value) ?? devices[0]; // one that was kept may be gone
  return (
    <div className="field">
      <label htmlFor={id}>{t(label)}</label>
      <select id={id} value={chosen?.deviceId ?? ""} disabled={devices.length === 0} onChange={(event) => onChange(event.target.value)}>
        {devices.length === 0 && <option value="">{t("defaultDevice")}</option>}
        {devices.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>{device.label || `${t(label)} ${index + 1}`}</option>
        ))}
      </select>
    </div>
  );
}
