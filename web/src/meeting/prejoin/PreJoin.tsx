import { useState, type FormEvent } from "react";
import { choose as chooseLanguage, t, type Word } from "../words";
import { Camera, CameraOff, Mark, Mic, MicOff } from "../../shared/ui/icons";
import { LanguageChoice } from "../../shared/ui/LanguageChoice";
import { isTurn, type Admission, type Turn } from "../api";
import { hasConsented, keepConsent } from "../consent";
import { recallName } from "../link";
import { BackgroundChoice } from "../background/BackgroundChoice";
import { recallBackground, rememberBackground, type Background } from "../background/backgrounds";
import { Allowed } from "./Allowed";
import { lastChoice, type Choice } from "./choice";
import { DeviceChoice } from "../DeviceChoice";
import { Level } from "../Level";
import { MeetingNow } from "./MeetingNow";
import { Picture } from "./Picture";
import { Recorded } from "./Recorded";
import { useBackdrop } from "./useBackdrop";
import type { Capture } from "../devices";
import { keepDevice, keepOn } from "../settings";
import { usePreview, type Preview } from "./usePreview";

const MAX_NAME = 128; // the API's
const MAX_NAME_BYTES = 240;

function isTooLong(name: string): boolean {
  return name.length > MAX_NAME || new TextEncoder().encode(name).length > MAX_NAME_BYTES;
}

interface Props {
  roomName: string;
  /** What the link opens: a token, or a turn in the lobby. */
  offer: Admission | Turn;
  /** True if the link is an invitation, whose name is fixed. */
  isInvited: boolean;
  /** Rejects if the name is not allowed. */
  onJoin: (choice: Choice) => Promise<void>;
  /** Null unless another tab of this browser is in the meeting: makes it leave. */
  onMoveHere: (() => void) | null;
}

/** The pre-join screen: name, camera, microphone and background. */
export function PreJoin({ roomName, offer, isInvited, onJoin, onMoveHere }: Props) {
  const waits = isTurn(offer);
  const speaks = offer.role !== "viewer";
  const [name, setName] = useState(() => (isInvited ? (offer.participantName ?? "") : recallName()));
  const [mistake, setMistake] = useState<Word | null>(null);
  const { meeting } = offer;
  const asksConsent = speaks && meeting?.recordingActive === true && !hasConsented(roomName, meeting.meetingId);
  const [agreed, setAgreed] = useState(false);
  const [isConsentMissing, setConsentMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wish, setWish] = useState(() => lastChoice(""));
  const camera = usePreview("camera", speaks && wish.camera, wish.cameraId);
  const microphone = usePreview("microphone", speaks && wish.microphone, wish.microphoneId);
  const turn = (kind: Capture, on: boolean) => {
    setWish({ ...wish, [kind]: on });
    keepOn(kind, on);
  };
  const pick = (kind: Capture, id: string) => {
    setWish({ ...wish, [`${kind}Id`]: id });
    keepDevice(kind, id);
  };

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
    if (asksConsent) {
      setConsentMissing(!agreed);
      if (!agreed) return document.getElementById("consent")?.focus();
      keepConsent(roomName, meeting.meetingId);
    }
    setBusy(true);
    onJoin({
      name: clean,
      camera: speaks && wish.camera && !camera.problem,
      microphone: speaks && wish.microphone && !microphone.problem && !onMoveHere,
      cameraId: wish.cameraId,
      microphoneId: wish.microphoneId,
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
            <Picture stream={shown} opening={camera.opening} name={name} />
            <div className="picture-buttons">
              <Toggle kind="microphone" on={wish.microphone} preview={microphone} onTurn={turn} />
              <Toggle kind="camera" on={wish.camera} preview={camera} onTurn={turn} />
            </div>
          </section>
        )}
        <section className="prejoin-form">
          {!speaks && <Mark />}
          <h1>{t("readyToJoin")}</h1>
          <MeetingNow roomName={roomName} meeting={meeting} />
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
              <DeviceChoice label="camera" devices={camera.devices} value={camera.id ?? wish.cameraId} onChange={(id) => pick("camera", id)} />
              {mayChange && (
                <div className="field">
                  <span className="field-name" aria-hidden="true">{t("background")}</span>
                  <BackgroundChoice value={background} onChange={choose} disabled={!camera.stream} />
                  {backgroundFailed && <p className="mistake" role="alert">{t("backgroundFailed")}</p>}
                </div>
              )}
              <div>
                <DeviceChoice label="microphone" devices={microphone.devices} value={microphone.id ?? wish.microphoneId} onChange={(id) => pick("microphone", id)} />
                <Level track={microphone.stream?.getAudioTracks()[0]} />
              </div>
            </>
          )}
          {asksConsent
            ? <Recorded agreed={agreed} onAgree={(is) => { setAgreed(is); setConsentMissing(false); }} isMissing={isConsentMissing} />
            : meeting?.recordingActive && <p className="recording-mark"><span className="dot" aria-hidden="true" />{t("recordingStarted")}</p>}
          {onMoveHere && (
            <div className="mistake with-button" role="status">
              <p>{t("otherTab")}</p>
              <button type="button" className="small" onClick={onMoveHere}>{t("moveHere")}</button>
            </div>
          )}
          <button type="submit" className="primary wide" disabled={busy}>{t(busy ? "joining" : waits ? "askToJoin" : "join")}</button>
          <LanguageChoice t={t} choose={chooseLanguage} />
        </section>
      </form>
    </main>
  );
}

interface ToggleProps {
  kind: Capture;
  on: boolean;
  preview: Preview;
  onTurn: (kind: Capture, on: boolean) => void;
}

function Toggle({ kind, on, preview, onTurn }: ToggleProps) {
  const works = on && !preview.problem;
  const icons = kind === "camera" ? [Camera, CameraOff] : [Mic, MicOff];
  const Icon = icons[works ? 0 : 1]!;
  const label: Word = kind === "camera" ? (works ? "cameraOff" : "cameraOn") : works ? "microphoneOff" : "microphoneOn";
  return (
    <button type="button" className={works ? "round" : "round off"} aria-label={t(label)} title={t(label)}
      onClick={() => (on && preview.problem ? preview.retry() : onTurn(kind, !on))}>
      <Icon />
    </button>
  );
}

function Problem({ kind, preview }: { kind: Capture; preview: Preview }) {
  if (!preview.problem) return null;
  const device = t(kind === "camera" ? "deviceCamera" : "deviceMicrophone");
  return (
    <div className="mistake with-button" role="alert">
      <p>{t(preview.problem, { device })}</p>
      <button type="button" className="small" aria-label={t("tryDeviceAgain", { device })} onClick={preview.retry}>{t("tryAgain")}</button>
    </div>
  );
}
