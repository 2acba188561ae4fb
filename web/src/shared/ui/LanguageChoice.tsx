import { useId, useState } from "react";
import { language, LANGUAGES, type Language } from "../i18n";
import { Globe } from "./icons";

interface Props {
  t: (word: "language" | "languageFailed") => string;
  choose: (wanted: Language) => Promise<void>;
  /** Show its label, among other fields. */
  isField?: boolean;
}

/** The languages, each by its own name. */
export function LanguageChoice({ t, choose, isField = false }: Props) {
  const id = useId();
  const [awaited, setAwaited] = useState<Language | null>(null);
  const [failed, setFailed] = useState(false);
  const change = async (wanted: Language) => {
    setAwaited(wanted);
    setFailed(false);
    try {
      await choose(wanted);
    } catch (error) {
      console.error(error);
      setFailed(true);
    }
    setAwaited((now) => (now === wanted ? null : now));
  };
  return (
    <div className={isField ? "field" : "language"}>
      <label htmlFor={id} className={isField ? undefined : "visually-hidden"}>{t("language")}</label>
      {!isField && <Globe />}
      <select id={id} value={awaited ?? language()} aria-busy={awaited !== null} onChange={(event) => void change(event.target.value as Language)}>
        {Object.entries(LANGUAGES).map(([each, name]) => <option key={each} value={each} lang={each}>{name}</option>)}
      </select>
      {failed && <p className="mistake" role="alert">{t("languageFailed")}</p>}
    </div>
  );
}
