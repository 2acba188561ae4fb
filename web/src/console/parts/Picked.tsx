import { useEffect, useRef, type ReactNode } from "react";
import { t } from "../words";

interface Props {
  count: number;
  of: number;
  onAll: (all: boolean) => void;
  /** The buttons about those that are selected. */
  children: ReactNode;
}

/** What can be done about the selected items of a list; shows nothing while none is. */
export function Picked({ count, of, onAll, children }: Props) {
  return (
    <div className="picked-bar" role="group" aria-label={t("selection")} hidden={count === 0}>
      <span role="status">{count > 0 && t("picked", { count })}</span>
      {count < of && <button className="small plain" onClick={() => onAll(true)}>{t("selectAll")}</button>}
      <button className="small plain" onClick={() => onAll(false)}>{t("selectNone")}</button>
      <span className="buttons">{children}</span>
    </div>
  );
}

interface PickAllProps {
  label: string;
  picked: number;
  of: number;
  onChange: (all: boolean) => void;
}

/** The checkbox in the head of a list. */
export function PickAll({ label, picked, of, onChange }: PickAllProps) {
  const box = useRef<HTMLInputElement>(null);
  const isAll = picked > 0 && picked === of;
  useEffect(() => {
    if (box.current) box.current.indeterminate = picked > 0 && !isAll;
  });
  return (
    <input ref={box} type="checkbox" aria-label={label} disabled={of === 0} checked={isAll} onChange={() => onChange(!isAll)} />
  );
}

/** Which items of a list are selected. */
export function toggled(chosen: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(key)) next.add(key);
  return next;
}
