/** What of a wished prefix can stand in a room's name; the API decides the same. */
export function cleanPrefix(text: string): string {
  return text
    .replace(/\s+/g, "-")
    .replace(/[^A-Za-z0-9-]/g, "")
    .replace(/-+/g, "-")
    .replace(/^-|-$/g, "");
}

/** A room's name in two parts: what people chose, and what was added. */
export function partsOf(roomName: string): [string, string] {
  const cut = Math.max(0, roomName.length - SUFFIX - "-".length);
  return [roomName.slice(0, cut), roomName.slice(cut)];
}

export const SUFFIX = 15;
