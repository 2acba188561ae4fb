import { useId } from "react";
import { t } from "../words";
import { Blur, None } from "../../shared/ui/icons";
import { backgrounds, names, pictures, type Background } from "./backgrounds";

interface Props {
  value: Background;
  onChange: (background: Background) => void;
  disabled?: boolean;
}

/** The backgrounds to choose from, with previews. */
export function BackgroundChoice({ value, onChange, disabled = false }: Props) {
  const name = useId();
  return (
    <fieldset className="backgrounds" disabled={disabled}>
      <legend className="visually-hidden">{t("background")}</legend>
      {backgrounds.map((each) => (
        <label key={each} className="background" title={t(names[each])}>
          <input type="radio" className="visually-hidden" name={name} value={each} checked={value === each} onChange={() => onChange(each)} />
          <span className="background-look">
            {each === "none" ? <None /> : each === "blur" ? <Blur /> : <img src={pictures[each]} alt="" />}
          </span>
          <span className="background-name">{t(names[each])}</span>
        </label>
      ))}
    </fieldset>
  );
}
