import { Field } from "../parts/Field";
import { t } from "../words";
import { Lobby, NO_LOBBY, type LobbySettings } from "./Lobby";
import type { Mistakes } from "./mistakes";
import { NO_CHOICE, RecordingOptions, type RecordingChoice } from "./RecordingOptions";
import { noteOf, Notes, type Note } from "./Notes";

export interface More {
  starts: string;
  longest: string;
  recording: RecordingChoice;
  lobby: LobbySettings;
  notes: Note[];
}

export const nothingMore = (): More => ({ starts: "", longest: "", recording: NO_CHOICE, lobby: NO_LOBBY, notes: [noteOf()] });

export const MORE_FIELDS = ["startsAt", "maxDurationMinutes", "preferences", "metadata"] as const;

interface Props {
  more: More;
  isOpen: boolean;
  isRecorded: boolean;
  mistakes: Mistakes;
  onOpen: (isOpen: boolean) => void;
  onChange: (more: More) => void;
}

/** What few new rooms need: a start, a length, how they are recorded, a lobby, notes. */
export function MoreSettings({ more, isOpen, isRecorded, mistakes, onOpen, onChange }: Props) {
  return (
    <details className="more-settings" open={isOpen} onToggle={(event) => onOpen(event.currentTarget.open)}>
      <summary>{t("moreSettings")}</summary>
      <div className="more-fields">
        <Field label={t("starts")} hint={t("startsHint")} mistake={mistakes.startsAt}>
          {(control) => <input {...control} type="datetime-local" value={more.starts} onChange={(event) => onChange({ ...more, starts: event.target.value })} />}
        </Field>
        <Field label={t("longest")} hint={t("longestHint")} mistake={mistakes.maxDurationMinutes}>
          {(control) => (
            <input {...control} className="short" type="number" inputMode="numeric" min={1} value={more.longest} onChange={(event) => onChange({ ...more, longest: event.target.value })} />
          )}
        </Field>
        {isRecorded && <RecordingOptions choice={more.recording} mistake={mistakes.preferences} onChange={(recording) => onChange({ ...more, recording })} />}
        <fieldset>
          <legend>{t("admission")}</legend>
          <Lobby lobby={more.lobby} onChange={(lobby) => onChange({ ...more, lobby })} />
        </fieldset>
        <Notes notes={more.notes} mistake={mistakes.metadata} onChange={(notes) => onChange({ ...more, notes })} />
      </div>
    </details>
  );
}
