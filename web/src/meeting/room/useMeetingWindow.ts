import { useEffect, useEffectEvent } from "react";

/** Ask before the window is closed, loaded again or left by the back button. */
export function useLeaveGuard(connected: boolean) {
  useEffect(() => {
    if (!connected) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [connected]);
}

/** Keep the screen on: those who only listen touch nothing. */
export function useScreenOn() {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let ended = false;
    const hold = async () => {
      if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
      try {
        lock = await navigator.wakeLock.request("screen");
        if (ended) await lock.release();
      } catch {
        return; // the browser does not have it, or saves power
      }
    };
    const again = () => void hold(); // browsers release it with a hidden tab
    again();
    document.addEventListener("visibilitychange", again);
    return () => {
      ended = true;
      document.removeEventListener("visibilitychange", again);
      void lock?.release();
    };
  }, []);
}

/** Show in the title how much is new. */
export function useTitle(news: number) {
  useEffect(() => {
    const plain = document.title;
    if (news > 0) document.title = `(${news}) ${plain}`;
    return () => {
      document.title = plain;
    };
  }, [news]);
}

/** The picture to watch in a window of its own: the large one, or another participant's, or any. */
function picture(): HTMLVideoElement | undefined {
  const shown = (place: string) => [...document.querySelectorAll<HTMLVideoElement>(`.stage ${place} video`)];
  return [...shown(".large"), ...shown(".tile:not(.own)"), ...shown("")].find((each) => each.readyState > 0);
}

export const canPictureInPicture = document.pictureInPictureEnabled === true;

export async function togglePictureInPicture(): Promise<void> {
  if (document.pictureInPictureElement) return document.exitPictureInPicture();
  await picture()?.requestPictureInPicture();
}

/** Let the browser open a small window with a picture when the tab is hidden, and close it when it is back. */
export function usePictureWhenHidden() {
  const open = useEffectEvent(() => void togglePictureInPicture().catch(() => {}));
  useEffect(() => {
    if (!canPictureInPicture) return;
    const action = "enterpictureinpicture" as MediaSessionAction; // TypeScript does not know it yet
    const set = (handler: (() => void) | null) => {
      try {
        navigator.mediaSession?.setActionHandler(action, handler);
      } catch {
        return; // this browser opens no window by itself; there is a button
      }
    };
    const back = () => {
      if (document.visibilityState === "visible" && document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => {});
    };
    set(() => open());
    document.addEventListener("visibilitychange", back);
    return () => {
      set(null);
      document.removeEventListener("visibilitychange", back);
    };
  }, []);
}

export const canFullscreen = document.fullscreenEnabled === true;

export async function toggleFullscreen(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}
