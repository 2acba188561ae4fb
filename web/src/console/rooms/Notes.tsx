import { Close, Plus } from "../icons";
import { t } from "../words";

export interface Note {
  /** Tells rows apart while their names change. */
  id: number;
  name: string;
  value: string;
}

let count = 0;
export const noteOf = (name = "", value = ""): Note => ({ id: ++count, name, value });

/** The notes as the API keeps them; null if two have the same name, or one has none. */
export function metadataOf(notes: Note[]): Record<string, string> | null {
  const filled = notes.map(({ name, value }) => [name.trim(), value] as const).filter(([name, value]) => name !== "" || value !== "");
  const names = new Set(filled.map(([name]) => name));
  return names.has("") || names.size < filled.length ? null : Object.fromEntries(filled);
}

/** Rows of a name and a value each. */
export function Notes({ notes, mistake, onChange }: { notes: Note[]; mistake: string | undefined; onChange: (notes: Note[]) => void }) {
  const edit = (id: number, changes: Partial<Note>) => onChange(notes.map((each) => (each.id === id ? { ...each, ...changes } : each)));
  return (
    <fieldset className="field notes" aria-describedby={mistake ? "notes-hint notes-mistake" : "notes-hint"}>
      <legend>{t("notes")}</legend>
      <p id="notes-hint" className="hint">{t("notesHint")}</p>
      {notes.map(({ id, name, value }, index) => (
        <div key={id} className="note">
          <input aria-label={t("noteName", { count: index + 1 })} aria-invalid={mistake !== undefined} placeholder={t("name")} maxLength={40} value={name} onChange={(event) => edit(id, { name: event.target.value })} />
          <input aria-label={t("noteValue", { count: index + 1 })} placeholder={t("value")} maxLength={500} value={value} onChange={(event) => edit(id, { value: event.target.value })} />
          <button type="button" className="plain icon-only" aria-label={t("dropNote", { count: index + 1 })} title={t("delete")} onClick={() => onChange(notes.filter((each) => each.id !== id))}><Close /></button>
        </div>
      ))}
      {mistake && <p id="notes-mistake" className="mistake">{mistake}</p>}
      <span><button type="button" className="small" disabled={notes.length >= 50} onClick={() => onChange([...notes, noteOf()])}><Plus />{t("addNote")}</button></span>
    </fieldset>
  );
}
