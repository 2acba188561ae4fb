import { useId, type ReactNode } from "react";

interface Props {
  label: string;
  hint?: ReactNode;
  mistake?: string | undefined;
  /** Renders the control with the attributes that connect it to its label and texts. */
  children: (control: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean }) => ReactNode;
}

/** A labelled control with a hint and an error message. */
export function Field({ label, hint, mistake, children }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, mistake && `${id}-mistake`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": mistake !== undefined })}
      {hint && <p id={`${id}-hint`} className="hint">{hint}</p>}
      {mistake && <p id={`${id}-mistake`} className="mistake">{mistake}</p>}
    </div>
  );
}

interface SwitchProps {
  label: string;
  text: string;
  disabled?: boolean;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, text, checked, disabled = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <label className="switch">
      <span>
        <span className="switch-label">{label}</span>
        <span id={id} className="hint">{text}</span>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-label={label}
        aria-describedby={id}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}

interface CheckboxProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A checkbox with a hint. */
export function Checkbox({ label, hint, checked, onChange }: CheckboxProps) {
  const id = useId();
  return (
    <div className="check-field">
      <label className="check">
        <input
          type="checkbox"
          aria-describedby={hint && id}
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
        />
        {label}
      </label>
      {hint && <p id={id} className="hint">{hint}</p>}
    </div>
  );
}
