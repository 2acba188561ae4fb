// The backgrounds. The pictures were drawn for this page, and are small enough to be in its script.

import type { Word } from "../words";
import { browser } from "../../shared/storage";
import hills from "./pictures/hills.svg?inline";
import studio from "./pictures/studio.svg?inline";
import study from "./pictures/study.svg?inline";
import window from "./pictures/window.svg?inline";

export const pictures = { study, window, hills, studio };

export type Picture = keyof typeof pictures;
export type Background = "none" | "blur" | Picture;

export const names: Record<Background, Word> = {
  none: "backgroundNone",
  blur: "backgroundBlur",
  study: "backgroundStudy",
  window: "backgroundWindow",
  hills: "backgroundHills",
  studio: "backgroundStudio",
};

export const backgrounds = Object.keys(names) as Background[];

/** The background last chosen; "none" if the room does not allow backgrounds. */
export function recallBackground(allowed: boolean): Background {
  const kept = backgrounds.find((each) => each === browser.get("background"));
  return (allowed && kept) || "none";
}

export function rememberBackground(background: Background): void {
  browser.put("background", background);
}
