import { useEffect, useEffectEvent, useLayoutEffect, useRef, type CSSProperties, type FocusEvent, type KeyboardEvent, type ReactNode, type RefObject } from "react";

const MARGIN = 8; // to the window's edges

interface Props {
  label: string;
  /** The button that opened it, which gets the focus back. */
  opener: RefObject<HTMLElement | null>;
  onClose: () => void;
  /** "menu": its children are menu items. "group": they are buttons. */
  role: "menu" | "group";
  id?: string;
  children: ReactNode;
}

/** Buttons that open beside another one. Arrow keys move between them; Escape, leaving it and a click elsewhere close it. */
export function Popup({ label, opener, onClose, role, id, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const close = useEffectEvent(onClose);

  useLayoutEffect(() => {
    const place = box.current;
    const beside = opener.current?.getBoundingClientRect();
    if (!place || !beside) return;
    // Beside the opener where there is more room, and never out of the window.
    const above = beside.top - MARGIN;
    const below = innerHeight - beside.bottom - MARGIN;
    const { width, height } = place.getBoundingClientRect();
    const isBelow = below >= height || below >= above;
    const left = Math.min(Math.max(beside.right - width, MARGIN), innerWidth - width - MARGIN);
    const room = isBelow ? { top: `${beside.bottom + 4}px` } : { bottom: `${innerHeight - beside.top + 4}px` };
    Object.assign(place.style, { left: `${left}px`, maxHeight: `${(isBelow ? below : above) - 4}px`, ...room } satisfies CSSProperties);
    buttonsIn(place)[0]?.focus({ preventScroll: true });
  }, [opener]);

  useEffect(() => {
    const onPointer = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !opener.current?.contains(target)) close();
    };
    const onResize = () => close();
    const onEscape = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      opener.current?.focus();
      close();
    };
    document.addEventListener("keydown", onEscape); // the focus may be elsewhere
    document.addEventListener("pointerdown", onPointer);
    window.addEventListener("resize", onResize);
    return () => {
      document.removeEventListener("keydown", onEscape);
      document.removeEventListener("pointerdown", onPointer);
      window.removeEventListener("resize", onResize);
    };
  }, [opener]);

  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = buttonsIn(event.currentTarget);
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key === "Escape") {
      event.stopPropagation(); // the panel around it stays
      opener.current?.focus();
      onClose();
    } else if (event.key in next) {
      event.preventDefault();
      buttons.at(next[event.key]! % buttons.length)?.focus();
    }
  };
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (relatedTarget && !currentTarget.contains(relatedTarget)) onClose();
  };
  return (
    <div ref={box} id={id} className="popup" role={role} aria-label={label} onKeyDown={onKeyDown} onBlur={onBlur}>{children}</div>
  );
}

function buttonsIn(place: Element): HTMLButtonElement[] {
  return [...place.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
}
