import { useState } from "react";
import { stay, paths, type RecordingFilter } from "../route";
import { t, type Word } from "../words";

const DAYS: { name: "from" | "until"; word: Word }[] = [
  { name: "from", word: "fromDay" },
  { name: "until", word: "untilDay" },
];

/** Fields for what the list of recordings is searched by; the address follows what is typed. */
export function SearchForm({ filter }: { filter: RecordingFilter }) {
  const [prefix, setPrefix] = useState(filter.prefix);
  return (
    <search className="filters">
      {filter.room === "" && (
        <label>
          {t("roomBegins")}
          <input
            type="search"
            spellCheck={false}
            autoComplete="off"
            value={prefix}
            onChange={(event) => {
              setPrefix(event.target.value);
              stay(paths.recordingsOf({ ...filter, prefix: event.target.value }));
            }}
          />
        </label>
      )}
      {DAYS.map(({ name, word }) => (
        <label key={name}>
          {t(word)}
          <input type="date" value={filter[name]} onChange={(event) => stay(paths.recordingsOf({ ...filter, [name]: event.target.value }))} />
        </label>
      ))}
    </search>
  );
}
