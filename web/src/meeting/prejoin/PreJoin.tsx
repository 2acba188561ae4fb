import { useState, type FormEvent } from "react";
import { t, type Word } from "../words";
import { Camera, CameraOff, Mark, Mic, MicOff } from "../../shared/ui/icons";
import { isTurn, type Admission, type Turn } from "../api";
import { recallName } from "../link";
import { BackgroundChoice } from "../background/BackgroundChoice";
import { recallBackground, rememberBackground, type Background } from "../background/backgrounds";
import { Allowed } from "./Allowed";
import type { Choice } from "./choice";
import { DeviceChoice } from "./DeviceChoice";
import { Level } from "./Level";
import { Picture } from "./Picture";
import { useBackdrop } from "./useBackdrop";
import { usePreview, type Kind, type Preview } from "./usePreview";

const MAX_NAME = 128; // the API's
const MAX_NAME_BYTES = 240;

function isTooLong(name: string): boolean {
  return name.length > MAX_NAME || new TextEncoder().encode(name).length > MAX_NAME_BYTES;
}

interface Props {
  /** What the link opens: a token, or a turn in the lobby. */
  offer: Admission | Turn;
  /** True if the link is an invitation, whose name is fixed. */
  isInvited: boolean;
  /** Rejects if the name is not allowed. */
  onJoin: (choice: Choice) => Promise<void>;
}

/** The pre-join screen: name, camera, microphone and background. */
export function PreJoin({ offer, isInvited, onJoin }: Props) {
  const waits = isTurn(offer);
  const speaks = offer.role !== "viewer";
  const [name, setName] = useState(() => (isInvited ? (offer.participantName ?? "") : recallName()));
  const [mistake, setMistake] = useState<Word | null>(null);
  const [busy, setBusy] = useState(false);
  const [on, setOn] = useState({ camera: speaks, microphone: speaks });
  const [ids, setIds] = useState<Partial<Record<Kind, string>>>({});
  const camera = usePreview("camera", on.camera, ids.camera);
  const microphone = usePreview("microphone", on.microphone, ids.microphone);

  const mayChange = speaks && !waits && offer.permissions.canChangeVirtualBackground;
  const [background, setBackground] = useState(() => recallBackground(mayChange));
  const [backgroundFailed, setBackgroundFailed] = useState(false);
  const choose = (wanted: Background) => {
    setBackground(wanted);
    rememberBackground(wanted);
    setBackgroundFailed(false);
  };
  const shown = useBackdrop(camera.stream, background, () => {
    choose("none");
    setBackgroundFailed(true);
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const clean = name.trim();
    const wrong = clean === "" ? "nameNeeded" : isTooLong(clean) ? "nameTooLong" : null;
    setMistake(wrong);
    if (wrong) return document.getElementById("name")?.focus();
    setBusy(true);
    onJoin({
      name: clean,
      camera: on.camera && !camera.problem,
      microphone: on.microphone && !microphone.problem,
      cameraId: ids.camera,
      microphoneId: ids.microphone,
    }).catch(() => {
      setBusy(false);
      setMistake("nameRefused");
      document.getElementById("name")?.focus();
    });
  };

  return (
    <main className="card-page">
      <form className={speaks ? "card prejoin" : "card prejoin prejoin-viewer"} onSubmit={submit} noValidate>
        {speaks && (
          <section className="picture" aria-label={t("camera")}>
            <Picture stream={shown} name={name} />
            <div className="picture-buttons">
              <Toggle kind="microphone" on={on.microphone} preview={microphone} onToggle={() => setOn({ ...on, microphone: !on.microphone })} />
              <Toggle kind="camera" on={on.camera} preview={camera} onToggle={() => setOn({ ...on, camera: !on.camera })} />
            </div>
          </section>
        )}
        <section className="prejoin-form">
          {!speaks && <Mark />}
          <h1>{t("readyToJoin")}</h1>
          {waits ? <p className="soft">{t("lobbyAhead")}</p> : <Allowed admission={offer} />}
          <div className="field">
            <label htmlFor="name">{t("yourName")}</label>
            <input id="name" name="name" autoComplete="name" autoFocus value={name} maxLength={MAX_NAME} readOnly={isInvited} dir="auto"
              aria-invalid={mistake !== null} aria-describedby={mistake ? "name-mistake" : isInvited ? "name-fixed" : undefined}
              onChange={(event) => { setName(event.target.value); setMistake(null); }} />
            {isInvited && <p id="name-fixed" className="soft">{t("nameFixed")}</p>}
            {mistake && <p id="name-mistake" className="mistake" role="alert">{t(mistake)}</p>}
          </div>
          {speaks && (
            <>
              <Problem kind="camera" preview={camera} />
              <Problem kind="microphone" preview={microphone} />
              <DeviceChoice label="camera" devices={camera.devices} value={ids.camera} onChange={(id) => setIds({ ...ids, camera: id })} />
              {mayChange && (
                <div className="field">
                  <span className="field-name" aria-hidden="true">{t("background")}</span>
                  <BackgroundChoice value={background} onChange={choose} disabled={!camera.stream} />
                  {backgroundFailed && <p className="mistake" role="alert">{t("backgroundFailed")}</p>}
                </div>
              )}
              <div>
                <DeviceChoice label="microphone" devices={microphone.devices} value={ids.microphone} onChange={(id) => setIds({ ...ids, microphone: id })} />
                <Level stream={microphone.stream} />
              </div>
            </>
          )}
          <button type="submit" className="primary wide" disabled={busy}>{t(busy ? "joining" : waits ? "askToJoin" : "join")}</button>
        </section>
      </form>
    </main>
  );
}

function Toggle({ kind, on, preview, onToggle }: { kind: Kind; on: boolean; preview: Preview; onToggle: () => void }) {
  const works = on && !preview.problem;
  const icons = kind === "camera" ? [Camera, CameraOff] : [Mic, MicOff];
  const Icon = icons[works ? 0 : 1]!;
  const label: Word = kind === "camera" ? (on ? "cameraOff" : "cameraOn") : on ? "microphoneOff" : "microphoneOn";
  return (
    <button type="button" className={works ? "round" : "round off"} aria-label={t(label)} title={t(label)} onClick={onToggle}>
      <Icon />
    </button>
  );
}

function Problem({ kind, preview }: { kind: Kind; preview: Preview }) {
  if (!preview.problem) return null;
  const device = t(kind === "camera" ? "deviceCamera" : "deviceMicrophone");
  return <p className="mistake" role="alert">{t(preview.problem, { device })}</p>;
}
