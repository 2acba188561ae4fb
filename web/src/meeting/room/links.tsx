import { createElement, Fragment, type ReactNode } from "react";

const ADDRESS = /https?:\/\/[^\s<>"'`\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/giu;
const AFTER = /[.,;:!?…)\]}»”’*_~]+$/u;
const MOST = 30; // links of a message

/** A text with links in place of its addresses. */
export function linked(text: string): ReactNode {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutEnd(found);
    if (!isAddress(address)) continue;
    parts.push(text.slice(at, index), <a href={address} target="_blank" rel="noopener noreferrer" dir="ltr">{address}</a>);
    at = index + address.length;
    if (parts.length >= MOST * 2) break;
  }
  return createElement(Fragment, null, ...parts, text.slice(at)); // children by position need no keys
}

/** Without what ends the sentence around it, but with the brackets that it opens. */
function withoutEnd(found: string): string {
  let end = AFTER.exec(found)?.index ?? found.length;
  while (end < found.length && found[end] === ")" && count(found.slice(0, end), "(") > count(found.slice(0, end), ")")) end += 1;
  return found.slice(0, end);
}

const count = (text: string, letter: string) => text.split(letter).length - 1;

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  // What looks like a name before an @ would hide where it leads.
  return (protocol === "http:" || protocol === "https:") && hostname !== "" && username === "" && password === "";
}
