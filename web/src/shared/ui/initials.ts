/** The initials of a name, at most two letters. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toUpperCase();
}

/** One of six calm colours, always the same for a name. */
export function shade(name: string): number {
  let sum = 2166136261; // FNV-1a
  for (const letter of name) sum = Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 16777619);
  return (sum >>> 8) % 6;
}
