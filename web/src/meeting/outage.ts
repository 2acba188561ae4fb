// An outage that lasts longer than LiveKit tries: the page goes on trying.

export const LONGEST_OUTAGE = 5 * 60_000;
const PAUSE = 5000;

/** Resolve when another try is worthwhile: the network is back, or some seconds have passed. Aborted: at once. */
export function nextTry(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, PAUSE);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
