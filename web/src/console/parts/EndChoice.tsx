import { fully, toField } from "../../shared/format";
import { t, type Word } from "../words";
import { Field } from "./Field";

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const HOURS: Lifetime[] = [{ word: "oneHour", lasts: HOUR }, { word: "eightHours", lasts: 8 * HOUR }];
export const DAYS: Lifetime[] = [{ word: "oneDay", lasts: DAY }, { word: "oneWeek", lasts: 7 * DAY }, { word: "thirtyDays", lasts: 30 * DAY }];

interface Lifetime {
  word: Word;
  lasts: number;
}

/** When something ends: some milliseconds from now, or at the exact time if `lasts` is null. */
export interface End {
  lasts: number | null;
  /** As a datetime-local field has it. */
  exact: string;
}

export const endIn = (lasts: number): End => ({ lasts, exact: toField(Date.now() + lasts) });

/** The moment; not a number if no exact time is given. */
export const endOf = ({ lasts, exact }: End) => (lasts === null ? new Date(exact).getTime() : Date.now() + lasts);

interface Props {
  end: End;
  lifetimes: readonly Lifetime[];
  mistake: string | undefined;
  onChange: (end: End) => void;
}

/** Choose when something ends. */
export function EndChoice({ end, lifetimes, mistake, onChange }: Props) {
  const { lasts, exact } = end;
  return (
    <fieldset className="choice">
      <legend>{t("endsAfter")}</legend>
      <div className="options">
        {lifetimes.map(({ word, lasts: each }) => (
          <label key={word}>
            <input type="radio" name="lasts" checked={lasts === each} onChange={() => onChange({ lasts: each, exact })} />
            <span>{t(word)}</span>
          </label>
        ))}
        <label>
          <input
            type="radio"
            name="lasts"
            checked={lasts === null}
            onChange={() => onChange({ lasts: null, exact: toField(Date.now() + (lasts ?? DAY)) })}
          />
          <span>{t("exactTime")}</span>
        </label>
      </div>
      {lasts === null ? (
        <Field label={t("dateAndTime")} mistake={mistake}>
          {(control) => (
            <input {...control} type="datetime-local" value={exact} onChange={(event) => onChange({ lasts, exact: event.target.value })} />
          )}
        </Field>
      ) : (
        <>
          <p className="hint">{t("endsOn", { time: fully(endOf(end)) })}</p>
          {mistake && <p className="mistake">{mistake}</p>}
        </>
      )}
    </fieldset>
  );
}
