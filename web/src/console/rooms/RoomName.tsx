import { partsOf } from "./prefix";

/** A room's name, with the prefix emphasized. */
export function RoomName({ name }: { name: string }) {
  const [prefix, suffix] = partsOf(name);
  return <span className="room-name">{prefix}<span className={prefix ? "suffix" : ""}>{suffix}</span></span>;
}
