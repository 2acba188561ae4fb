import { t } from "../words";

interface Props {
  agreed: boolean;
  onAgree: (agreed: boolean) => void;
  /** True if the participant tried to join without. */
  isMissing: boolean;
}

/** Says that the meeting is being recorded, and asks those who could be in the recording. */
export function Recorded({ agreed, onAgree, isMissing }: Props) {
  return (
    <div className="recorded">
      <p className="recording-mark"><span className="dot" aria-hidden="true" />{t("recordingStarted")}</p>
      <label className="check">
        <input id="consent" type="checkbox" checked={agreed} aria-invalid={isMissing} aria-describedby={isMissing ? "consent-missing" : undefined}
          onChange={(event) => onAgree(event.target.checked)} />
        {t("agreeToRecording")}
      </label>
      {isMissing && <p id="consent-missing" className="mistake" role="alert">{t("consentNeeded")}</p>}
    </div>
  );
}
