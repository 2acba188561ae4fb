import { useState } from "react";
import { choose as chooseLanguage, t, type Word } from "../words";
import { LanguageChoice } from "../../shared/ui/LanguageChoice";
import { chime } from "../chime";
import { DeviceChoice } from "../DeviceChoice";
import { isHandheld } from "../devices";
import { Level } from "../Level";
import { isOn, keepOn } from "../settings";
import { hasMedia } from "../support";
import type { Panel } from "./layout";
import { Side } from "./Side";
import { useDevices, useOwnMicrophone } from "./useDevices";
import type { Say } from "./useNotices";

interface Props {
  /** True for those who may have a camera and a microphone on. */
  speaks: boolean;
  onPanel: (panel: Panel) => void;
  onShortcuts: () => void;
  onClose: () => void;
  warn: Say;
}

/** Devices and sounds, and the way to the rest. */
export function SettingsPanel({ speaks, onPanel, onShortcuts, onClose, warn }: Props) {
  const devices = useDevices(warn);
  const microphone = useOwnMicrophone();
  const [sounds, setSounds] = useState(() => isOn("sounds"));
  const { lists, inUse, choose } = devices;
  return (
    <Side title={t("settings")} onClose={onClose}>
      <div className="settings" tabIndex={0} role="group" aria-label={t("settings")}>
        {speaks && hasMedia && (
          <>
            <DeviceChoice label="microphone" devices={lists.microphone} value={inUse("microphone")} onChange={(id) => void choose("microphone", id)} />
            <Level track={microphone} />
            <Check label="noiseSuppression" on={devices.reducesNoise} onChange={(on) => void devices.reduceNoise(on)} />
            <DeviceChoice label="camera" devices={lists.camera} value={inUse("camera")} onChange={(id) => void choose("camera", id)} />
            {isHandheld() && lists.camera.length > 1 && (
              <button type="button" className="small" onClick={() => void devices.flip()}>{t("flipCamera")}</button>
            )}
          </>
        )}
        {lists.loudspeaker.length > 0 && (
          <DeviceChoice label="loudspeaker" devices={lists.loudspeaker} value={inUse("loudspeaker")} onChange={(id) => void choose("loudspeaker", id)} />
        )}
        <TestSound warn={warn} />
        <Check label="eventSounds" on={sounds} onChange={(on) => {
          setSounds(on);
          keepOn("sounds", on);
        }} />
        <LanguageChoice t={t} choose={chooseLanguage} isField />
        <button type="button" className="small" onClick={() => onPanel("connection")}>{t("connectionFigures")}</button>
        <button type="button" className="small keyboard-only" onClick={onShortcuts}>{t("shortcuts")}</button>
      </div>
    </Side>
  );
}

function Check({ label, on, onChange }: { label: Word; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      {t(label)}
    </label>
  );
}

function TestSound({ warn }: { warn: Say }) {
  const [plays, setPlays] = useState(false);
  const play = async () => {
    setPlays(true);
    await chime("test").catch(() => warn(t("soundBlocked")));
    setPlays(false);
  };
  return <button type="button" className="small" disabled={plays} onClick={() => void play()}>{t(plays ? "testSoundPlays" : "testSound")}</button>;
}
