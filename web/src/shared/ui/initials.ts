const LONGEST = 16; // code units of a letter with its marks, or of an emoji of several people

/** The initials of a name, at most two letters as a reader counts them. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => firstLetter(word ?? "")).join("").toUpperCase();
}

function firstLetter(word: string): string {
  const first = [...word][0] ?? "";
  if (typeof Intl.Segmenter !== "function") return first;
  const [whole] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
  return whole && whole.segment.length <= LONGEST ? whole.segment : first;
}

/** One of six calm colours, always the same for a name. */
export function shade(name: string): number {
  let sum = 2166136261; // FNV-1a
  for (const letter of name) sum = Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 16777619);
  return (sum >>> 8) % 6;
}
