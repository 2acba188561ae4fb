import { useId } from "react";
import type { Role } from "../../shared/types";
import { t } from "../words";
import { ROLES } from "./roles";

/** A choice of one role, which says what each may do. */
export function RoleChoice({ role, onChange }: { role: Role; onChange: (role: Role) => void }) {
  const id = useId();
  const text = ROLES.find((each) => each.role === role)?.text;
  return (
    <fieldset className="choice" aria-describedby={id}>
      <legend>{t("role")}</legend>
      <div className="options">
        {ROLES.map((each) => (
          <label key={each.role}>
            <input type="radio" name={id} checked={role === each.role} onChange={() => onChange(each.role)} />
            <span>{t(each.role)}</span>
          </label>
        ))}
      </div>
      <p id={id} className="hint">{text && t(text)}</p>
    </fieldset>
  );
}
