/** The prefix as the API will clean it. */
export function cleanPrefix(text: string): string {
  return text
    .replace(/\s+/g, "-")
    .replace(/[^A-Za-z0-9-]/g, "")
    .replace(/-+/g, "-")
    .replace(/^-|-$/g, "");
}

/** A room's name in two parts: the prefix and the random part. */
export function partsOf(roomName: string): [string, string] {
  const cut = Math.max(0, roomName.length - SUFFIX - "-".length);
  return [roomName.slice(0, cut), roomName.slice(cut)];
}

export const SUFFIX = 15;
