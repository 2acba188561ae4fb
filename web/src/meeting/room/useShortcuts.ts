import { useEffect, useEffectEvent, useRef } from "react";
import type { Word } from "../words";

export interface Shortcut {
  /** The letter, or what it writes; " " for the space bar. */
  key: string;
  word: Word;
  press: () => void;
  /** For keys that do something for as long as they are held. */
  release?: () => void;
}

const WRITES = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
const WALKING = new Set(["Tab", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
const ACTS = "button, a[href], summary, input, select, [role=menuitem]";

/** True if the key belongs to what has the focus, or to a dialog. */
function isTaken(event: KeyboardEvent, walks: boolean): boolean {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector("dialog[open]")) return true;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(WRITES)) return true;
  return event.key === " " && walks && target?.closest(ACTS) != null;
}

/** Single keys, while nobody writes. */
export function useShortcuts(shortcuts: Shortcut[]) {
  const held = useRef<Shortcut>(undefined);
  // Those who walk through the page by keyboard press buttons with the space bar; a button that was clicked has
  // the focus, too, but they mean the meeting. `:focus-visible` is true for both once a key is pressed.
  const walks = useRef(false);
  const onDown = useEffectEvent((event: KeyboardEvent) => {
    const found = shortcuts.find(({ key }) => key === event.key.toLowerCase());
    if (WALKING.has(event.key)) walks.current = true;
    if (!found || isTaken(event, walks.current)) return;
    event.preventDefault();
    if (event.repeat) return;
    held.current = found.release && found;
    found.press();
  });
  const onUp = useEffectEvent((event?: KeyboardEvent) => {
    const down = held.current;
    if (!down || (event && event.key.toLowerCase() !== down.key)) return;
    event?.preventDefault(); // a button that was clicked last is not pressed
    held.current = undefined;
    down.release?.();
  });
  useEffect(() => {
    const down = (event: KeyboardEvent) => onDown(event);
    const onPointer = () => {
      walks.current = false;
    };
    const up = (event: KeyboardEvent) => onUp(event);
    const away = () => onUp(); // the key may be released elsewhere
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    document.addEventListener("pointerdown", onPointer);
    window.addEventListener("blur", away);
    return () => {
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
      document.removeEventListener("pointerdown", onPointer);
      window.removeEventListener("blur", away);
    };
  }, []);
}
