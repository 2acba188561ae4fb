import { useState, type FormEvent } from "react";
import { go } from "../route";
import { t } from "../words";

/** A field for the name of a room, which leads to the page of that room's items. */
export function RoomFilter({ pathOf }: { pathOf: (room: string) => string }) {
  const [room, setRoom] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (room.trim()) go(pathOf(room.trim()));
  };
  return (
    <form role="search" onSubmit={submit}>
      <input
        type="search"
        className="search"
        aria-label={t("ofRoom")}
        placeholder={t("ofRoom")}
        spellCheck={false}
        autoComplete="off"
        value={room}
        onChange={(event) => setRoom(event.target.value)}
      />
    </form>
  );
}
