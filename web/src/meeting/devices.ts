// Cameras, microphones and loudspeakers, and why one of them does not work.

import { hasMedia } from "./support";
import type { Device } from "./settings";

export type Capture = Exclude<Device, "loudspeaker">;
export type Trouble = "refused" | "missing" | "busy" | "deviceFailed";

const troubles: Record<string, Trouble> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export function troubleOf(error: unknown): Trouble {
  return troubles[(error as Error).name] ?? "deviceFailed";
}

/** What the browser calls each kind. */
export const listed: Record<Device, MediaDeviceKind> = { camera: "videoinput", microphone: "audioinput", loudspeaker: "audiooutput" };

/** The devices of a kind. Before the first permission there are none with an id. */
export async function listDevices(kind: Device): Promise<MediaDeviceInfo[]> {
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((device) => device.kind === listed[kind] && device.deviceId !== "");
}

/** Calls back when a device is plugged in or out. Returns a function that ends it. */
export function onDevices(changed: () => void): () => void {
  if (!hasMedia) return () => {};
  navigator.mediaDevices.addEventListener("devicechange", changed);
  return () => navigator.mediaDevices.removeEventListener("devicechange", changed);
}

const permissionOf = (kind: Capture) => navigator.permissions.query({ name: kind as PermissionName });

/** True if the browser says that it does not allow a device. */
export async function isDenied(kind: Capture): Promise<boolean> {
  try {
    return (await permissionOf(kind)).state === "denied";
  } catch {
    return false; // some browsers do not know these permissions
  }
}

/** Calls back when the browser begins to allow a device, if it tells. Returns a function that ends it. */
export function onAllowed(kind: Capture, allowed: () => void): () => void {
  const ended = new AbortController();
  const watch = async () => {
    const permission = await permissionOf(kind);
    permission.addEventListener("change", () => permission.state === "granted" && allowed(), { signal: ended.signal });
  };
  watch().catch(() => {}); // there is a button, too
  return () => ended.abort();
}

/** True if the page may choose a loudspeaker. */
export const canChooseLoudspeaker = "setSinkId" in HTMLMediaElement.prototype;

/** True on phones and tablets, which have a camera on each side. */
export const isHandheld = () => matchMedia("(pointer: coarse)").matches;
