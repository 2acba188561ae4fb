import { useEffect, useRef, useState, type FormEvent } from "react";
import { createRoom } from "../api";
import { DAY, DAYS, EndChoice, endIn, endOf, HOURS } from "../parts/EndChoice";
import { Heading } from "../parts/Heading";
import { Field, Switch } from "../parts/Field";
import { toast } from "../parts/toasts";
import { go, paths } from "../route";
import { sentence } from "../sentences";
import { t } from "../words";
import { numberOf, timeOf } from "./fields";
import { mistakesOf, type Mistakes } from "./mistakes";
import { MORE_FIELDS, MoreSettings, nothingMore } from "./MoreSettings";
import { metadataOf } from "./Notes";
import { recordedAs } from "./RecordingOptions";
import { EVERYTHING, PREFERENCES } from "./preferences";
import { cleanPrefix, SUFFIX } from "./prefix";

const LIFETIMES = [...HOURS, ...DAYS];

export function NewRoomPage() {
  const [prefix, setPrefix] = useState("");
  const [end, setEnd] = useState(() => endIn(DAY));
  const [most, setMost] = useState("");
  const [preferences, setPreferences] = useState(EVERYTHING);
  const [more, setMore] = useState(nothingMore);
  const [isMore, setIsMore] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error, mistakes]);

  const isRecorded = preferences.recordingPreferences.enabled;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const metadata = metadataOf(more.notes);
    if (metadata === null) {
      setMistakes({ metadata: t("notesMistake") });
      setIsMore(true);
      return setError("metadata");
    }
    setBusy(true);
    const options = {
      roomNamePrefix: prefix,
      expirationDate: endOf(end),
      maxParticipants: numberOf(most),
      preferences: isRecorded
        ? { ...preferences, recordingPreferences: { ...preferences.recordingPreferences, ...recordedAs(more.recording) } }
        : preferences,
      startsAt: timeOf(more.starts),
      maxDurationMinutes: numberOf(more.longest),
      ...(more.lobby.enabled && { lobby: more.lobby }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    };
    try {
      const room = await createRoom(options);
      toast(t("roomIsReady"));
      go(paths.room(room.roomName));
    } catch (problem) {
      setError(problem);
      const found = mistakesOf(problem, options);
      setMistakes(found);
      if (MORE_FIELDS.some((field) => found[field])) setIsMore(true);
      setBusy(false);
    }
  };

  const cleaned = cleanPrefix(prefix);
  const isElsewhere = error !== null && Object.keys(mistakes).length === 0;
  return (
    <div className="narrow">
      <div className="page-head"><Heading title={t("newRoom")} /></div>
      <form ref={form} className="card form" noValidate onSubmit={(event) => void submit(event)}>
        <Field
          label={t("prefix")}
          mistake={mistakes.roomNamePrefix}
          hint={<>{t("prefixHint")} <span className="preview">{cleaned}<span className="suffix">{cleaned && "-"}{"x".repeat(SUFFIX)}</span></span></>}
        >
          {(control) => (
            <input {...control} autoComplete="off" spellCheck={false} value={prefix} onChange={(event) => setPrefix(event.target.value)} />
          )}
        </Field>
        <EndChoice end={end} lifetimes={LIFETIMES} mistake={mistakes.expirationDate} onChange={setEnd} />
        <Field label={t("mostPeople")} hint={t("mostPeopleHint")} mistake={mistakes.maxParticipants}>
          {(control) => (
            <input {...control} className="short" type="number" inputMode="numeric" min={1} value={most} onChange={(event) => setMost(event.target.value)} />
          )}
        </Field>
        <fieldset>
          <legend>{t("inTheRoom")}</legend>
          {PREFERENCES.map(({ name, label, text }) => (
            <Switch
              key={name}
              label={t(label)}
              text={t(text)}
              checked={preferences[name].enabled}
              onChange={(enabled) => setPreferences({ ...preferences, [name]: { ...preferences[name], enabled } })}
            />
          ))}
        </fieldset>
        <MoreSettings more={more} isOpen={isMore} isRecorded={isRecorded} mistakes={mistakes} onOpen={setIsMore} onChange={setMore} />
        {isElsewhere && <p className="mistake" role="alert">{sentence(error)}</p>}
        <div className="form-buttons">
          <a className="button" href={paths.rooms}>{t("cancel")}</a>
          <button className="primary" disabled={isBusy}>{isBusy ? t("creating") : t("createRoom")}</button>
        </div>
      </form>
    </div>
  );
}
