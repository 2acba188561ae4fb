/** Give the focus to the page's heading, if what had it is gone with a dialog and the button that opened it. */
export function focusHeading(): void {
  const look = () => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  };
  requestAnimationFrame(() => requestAnimationFrame(look)); // only then has the browser noticed
}
