/** Milliseconds after which whatever has the focus keeps it. */
const PATIENCE = 1000;

/**
 * Give an element the focus once what has it now is gone, as a button is with its row or its dialog. How many
 * frames that takes depends on the machine.
 */
export function focusOnceLost(next: () => HTMLElement | null): void {
  const until = performance.now() + PATIENCE;
  const look = () => {
    if (document.activeElement === document.body) next()?.focus({ preventScroll: true });
    else if (performance.now() < until) requestAnimationFrame(look);
  };
  requestAnimationFrame(() => requestAnimationFrame(look)); // only then has the browser noticed
}

/** Give the focus to the page's heading, once what had it is gone with a dialog and the button that opened it. */
export function focusHeading(): void {
  focusOnceLost(() => document.querySelector<HTMLElement>("h1"));
}
