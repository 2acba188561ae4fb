import { everyOf, SUBJECTS, TYPES, typesOf } from "../events/types";
import { t } from "../words";
import { OPENVIDU_NAMES } from "./names";

interface Props {
  format: "standard" | "openvidu";
  /** null: all events. */
  names: string[] | null;
  mistake: string | undefined;
  onChange: (names: string[] | null) => void;
}

/** Which events a webhook is sent: all, or chosen ones. */
export function EventChoice({ format, names, mistake, onChange }: Props) {
  const isChosen = (name: string) => names?.includes(name) ?? false;
  const choose = (name: string, covered: string[] = []) => {
    const others = (names ?? []).filter((each) => each !== name && !covered.includes(each));
    onChange(isChosen(name) ? others : [...others, name]);
  };
  return (
    <fieldset className="choice">
      <legend>{t("sent")}</legend>
      <div className="options">
        <label>
          <input type="radio" name="sent" checked={names === null} onChange={() => onChange(null)} />
          <span>{t("allTypes")}</span>
        </label>
        <label>
          <input type="radio" name="sent" checked={names !== null} onChange={() => onChange(names ?? [])} />
          <span>{t("someTypes")}</span>
        </label>
      </div>
      {names !== null && (
        <div className="names-choice">
          {format === "openvidu" ? (
            <div className="subject">
              {OPENVIDU_NAMES.map((name) => <Check key={name} label={name} isOn={isChosen(name)} onChange={() => choose(name)} />)}
            </div>
          ) : SUBJECTS.map(({ name, every: all }) => {
            const every = everyOf(name);
            const types = typesOf(name);
            return (
              <div key={name} className="subject">
                <Check label={t(all)} isOn={isChosen(every)} onChange={() => choose(every, types)} isStrong />
                {types.map((type) => (
                  <Check
                    key={type}
                    label={t(TYPES[type])}
                    isOn={isChosen(every) || isChosen(type)}
                    isCovered={isChosen(every)}
                    onChange={() => choose(type)}
                  />
                ))}
              </div>
            );
          })}
        </div>
      )}
      {mistake && <p className="mistake" role="alert">{mistake}</p>}
    </fieldset>
  );
}

interface CheckProps {
  label: string;
  isOn: boolean;
  isCovered?: boolean;
  isStrong?: boolean;
  onChange: () => void;
}

function Check({ label, isOn, isCovered = false, isStrong = false, onChange }: CheckProps) {
  return (
    <label className={isStrong ? "check strong" : "check"}>
      <input type="checkbox" checked={isOn} disabled={isCovered} onChange={onChange} />
      {label}
    </label>
  );
}
