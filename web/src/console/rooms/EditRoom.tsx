import { useEffect, useRef, useState, type FormEvent } from "react";
import type { Room, RoomChanges } from "../../shared/types";
import { updateRoom } from "../api";
import { toField } from "../../shared/format";
import { Field } from "../parts/Field";
import { Heading } from "../parts/Heading";
import { toast } from "../parts/toasts";
import { setRoom } from "../queries";
import { sentence } from "../sentences";
import { t } from "../words";
import { numberOf, timeOf } from "./fields";
import { mistakesOf } from "./mistakes";
import { metadataOf, noteOf, Notes } from "./Notes";
import { choiceOf, recordedAs, RecordingOptions } from "./RecordingOptions";

const fieldOf = (value: number | undefined) => (value === undefined ? "" : String(value));
const timeField = (time: number | undefined) => (time === undefined ? "" : toField(time));

/** Changes a room's dates, limits and notes. What was not touched is not sent. */
export function EditRoom({ room, onClose }: { room: Room; onClose: () => void }) {
  const [before] = useState({
    ends: toField(room.expirationDate),
    starts: timeField(room.startsAt),
    most: fieldOf(room.maxParticipants),
    longest: fieldOf(room.maxDurationMinutes),
  });
  const [values, setValues] = useState(before);
  const [chosen] = useState(() => choiceOf(room.preferences.recordingPreferences));
  const [choice, setChoice] = useState(chosen);
  const [notes, setNotes] = useState(() => Object.entries(room.metadata ?? {}).map(([name, value]) => noteOf(name, value)));
  const [areNotesWrong, setNotesWrong] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ error: unknown; changes: RoomChanges } | null>(null);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (failure !== null || areNotesWrong) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [failure, areNotesWrong]);

  const mistakes = failure ? mistakesOf(failure.error, failure.changes) : {};
  const isElsewhere = failure !== null && Object.keys(mistakes).length === 0;
  const input = (name: keyof typeof values) => ({
    value: values[name],
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [name]: event.target.value }),
  });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const metadata = metadataOf(notes);
    setNotesWrong(metadata === null);
    if (metadata === null) return;
    const isChanged = (name: keyof typeof values) => values[name] !== before[name];
    const changes: RoomChanges = {
      ...(isChanged("ends") && { expirationDate: timeOf(values.ends) }),
      ...(isChanged("starts") && { startsAt: timeOf(values.starts) }),
      ...(isChanged("most") && { maxParticipants: numberOf(values.most) }),
      ...(isChanged("longest") && { maxDurationMinutes: numberOf(values.longest) }),
      ...(JSON.stringify(choice) !== JSON.stringify(chosen) && {
        preferences: { recordingPreferences: { ...room.preferences.recordingPreferences, ...recordedAs(choice) } },
      }),
      ...(JSON.stringify(metadata) !== JSON.stringify(room.metadata ?? {}) && { metadata }),
    };
    if (Object.keys(changes).length === 0) return onClose();
    setBusy(true);
    try {
      setRoom(await updateRoom(room.roomName, changes));
      toast(t("saved"));
      onClose();
    } catch (error) {
      setFailure({ error, changes });
      setBusy(false);
    }
  };
  return (
    <div className="narrow">
      <div className="page-head"><Heading title={t("editRoomNamed", { name: room.roomName })} /></div>
      <form ref={form} className="card form" onSubmit={(event) => void submit(event)} noValidate>
        <Field label={t("ends")} hint={t("endsHint")} mistake={mistakes.expirationDate}>
          {(control) => <input {...control} type="datetime-local" {...input("ends")} />}
        </Field>
        <Field label={t("starts")} hint={t("startsHint")} mistake={mistakes.startsAt}>
          {(control) => <input {...control} type="datetime-local" {...input("starts")} />}
        </Field>
        <Field label={t("mostPeople")} hint={t("mostPeopleNow")} mistake={mistakes.maxParticipants}>
          {(control) => <input {...control} className="short" type="number" inputMode="numeric" min={1} {...input("most")} />}
        </Field>
        <Field label={t("longest")} hint={t("longestHint")} mistake={mistakes.maxDurationMinutes}>
          {(control) => <input {...control} className="short" type="number" inputMode="numeric" min={1} {...input("longest")} />}
        </Field>
        {room.preferences.recordingPreferences.enabled && <RecordingOptions choice={choice} mistake={mistakes.preferences} onChange={setChoice} />}
        <Notes notes={notes} mistake={areNotesWrong ? t("notesMistake") : mistakes.metadata} onChange={setNotes} />
        {isElsewhere && <p className="mistake" role="alert">{sentence(failure.error)}</p>}
        <div className="form-buttons">
          <button type="button" onClick={onClose}>{t("cancel")}</button>
          <button className="primary" disabled={isBusy}>{t("saveRoom")}</button>
        </div>
      </form>
    </div>
  );
}
