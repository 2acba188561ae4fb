import type { Preferences } from "../../shared/types";
import { Field } from "../parts/Field";
import { t, type Word } from "../words";
import { numberOf } from "./fields";

type Recorded = Preferences["recordingPreferences"];

/** What the fields hold; empty: as the stack is set up. */
export interface RecordingChoice {
  autoStart: string;
  layout: string;
  /** An encoding, or SOUND. */
  picture: string;
  days: string;
}

const SOUND = "sound";
const STARTS: { value: string; word: Word }[] = [
  { value: "", word: "never" },
  { value: "when_first_participant_joins", word: "beginsFirst" },
  { value: "when_second_participant_joins", word: "beginsSecond" },
  { value: "when_moderator_joins", word: "beginsModerator" },
  { value: "when_first_publishes", word: "beginsPublishes" },
];
const LAYOUTS: { value: string; word: Word }[] = [
  { value: "", word: "asSetUp" },
  { value: "grid", word: "layoutGrid" },
  { value: "speaker", word: "layoutSpeaker" },
  { value: "single-speaker", word: "layoutSingle" },
];
const SIZES = [[1280, 720], [1920, 1080], [720, 1280], [1080, 1920]] as const;
const ENCODINGS = SIZES.flatMap(([width, height]) => [30, 60].map((rate) => ({
  value: `${height > width ? "PORTRAIT_" : ""}H264_${Math.min(width, height)}P_${rate}`,
  text: t("pictureOf", { width: String(width), height: String(height), rate: String(rate) }),
})));

export const NO_CHOICE: RecordingChoice = { autoStart: "", layout: "", picture: "", days: "" };

/** The fields of a room's preferences; what is not set may be absent. */
export function choiceOf(set: Partial<Recorded>): RecordingChoice {
  return {
    autoStart: set.autoStart ?? "",
    layout: set.layout ?? "",
    picture: set.audioOnly ? SOUND : set.encoding ?? "",
    days: set.retentionDays ? String(set.retentionDays) : "",
  };
}

/** The preferences as the API takes them: null takes back what was set. */
export function recordedAs({ autoStart, layout, picture, days }: RecordingChoice): Omit<Recorded, "enabled"> {
  const isSound = picture === SOUND;
  return {
    autoStart: (autoStart || null) as Recorded["autoStart"],
    layout: (isSound ? null : layout || null) as Recorded["layout"],
    encoding: (isSound ? null : picture || null) as Recorded["encoding"],
    audioOnly: isSound || null,
    retentionDays: numberOf(days),
  };
}

interface Props {
  choice: RecordingChoice;
  mistake: string | undefined;
  onChange: (choice: RecordingChoice) => void;
}

/** When recordings of a room begin, what they contain, and for how long they are kept. */
export function RecordingOptions({ choice, mistake, onChange }: Props) {
  const input = (name: keyof RecordingChoice) => ({
    value: choice[name],
    onChange: (event: { target: { value: string } }) => onChange({ ...choice, [name]: event.target.value }),
  });
  return (
    <fieldset className="recording-options">
      <legend>{t("recording")}</legend>
      <Field label={t("beginsItself")} hint={t("beginsHint")}>
        {(control) => (
          <select {...control} className="select" {...input("autoStart")}>
            {STARTS.map(({ value, word }) => <option key={value} value={value}>{t(word)}</option>)}
          </select>
        )}
      </Field>
      <Field label={t("picture")}>
        {(control) => (
          <select {...control} className="select" {...input("picture")}>
            <option value="">{t("asSetUp")}</option>
            {ENCODINGS.map(({ value, text }) => <option key={value} value={value}>{text}</option>)}
            <option value={SOUND}>{t("soundOnly")}</option>
          </select>
        )}
      </Field>
      {choice.picture !== SOUND && (
        <Field label={t("layout")} hint={t("layoutHint")}>
          {(control) => (
            <select {...control} className="select" {...input("layout")}>
              {LAYOUTS.map(({ value, word }) => <option key={value} value={value}>{t(word)}</option>)}
            </select>
          )}
        </Field>
      )}
      <Field label={t("keptFor")} hint={t("keptForHint")} mistake={mistake}>
        {(control) => <input {...control} className="short" type="number" inputMode="numeric" min={1} {...input("days")} />}
      </Field>
    </fieldset>
  );
}
