// The orders in which rooms are listed.

import { byLocale } from "../../shared/i18n";
import type { Room } from "../../shared/types";
import type { Word } from "../words";

const names = byLocale((locale) => new Intl.Collator(locale, { numeric: true }));

export const ORDERS: { name: string; word: Word; compare: ((one: Room, other: Room) => number) | null }[] = [
  { name: "", word: "sortNewest", compare: null }, // as the API lists them
  { name: "ends", word: "sortEnds", compare: (one, other) => one.expirationDate - other.expirationDate },
  { name: "name", word: "sortName", compare: (one, other) => names().compare(one.roomName, other.roomName) },
];

export function sorted(rooms: Room[], order: string): Room[] {
  const compare = ORDERS.find(({ name }) => name === order)?.compare;
  return compare ? rooms.toSorted(compare) : rooms;
}
