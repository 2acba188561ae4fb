// How a participant last used this page: it begins that way the next time, also after a reload.

import { browser } from "../shared/storage";

export type Device = "camera" | "microphone" | "loudspeaker";
export type Switch = "camera" | "microphone" | "noiseSuppression" | "sounds";

const usually: Record<Switch, boolean> = { camera: true, microphone: true, noiseSuppression: true, sounds: false };

/** True if it was left on. */
export function isOn(which: Switch): boolean {
  const kept = browser.get(`on.${which}`);
  return kept === null ? usually[which] : kept === "yes";
}

export function keepOn(which: Switch, on: boolean): void {
  browser.put(`on.${which}`, on ? "yes" : "no");
}

/** The id of the device that was chosen last; undefined for the browser's own choice. */
export function deviceOf(kind: Device): string | undefined {
  return browser.get(`device.${kind}`) ?? undefined;
}

export function keepDevice(kind: Device, id: string): void {
  browser.put(`device.${kind}`, id);
}
