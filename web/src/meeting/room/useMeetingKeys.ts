import { useRef } from "react";
import type { OwnMedia } from "./useOwnMedia";
import { useShortcuts, type Shortcut } from "./useShortcuts";

interface Options {
  media: OwnMedia;
  speaks: boolean;
  hasChat: boolean;
  onChat: () => void;
  onHand: () => void;
  onHelp: () => void;
}

/** The keys of the meeting; `m` mutes, the space bar unmutes for as long as it is held. */
export function useMeetingKeys({ media, speaks, hasChat, onChat, onHand, onHelp }: Options): Shortcut[] {
  const last = useRef<Promise<unknown>>(Promise.resolve()); // the space bar may be released before the microphone is on
  const talk = (on: boolean) => {
    last.current = last.current.then(() => media.set("microphone", on, false));
  };
  const toggle = (kind: "microphone" | "camera") => {
    if (!media.pending) void media.set(kind, !media[kind]);
  };
  const talks = useRef(false);
  const offered: (Shortcut | false)[] = [
    speaks && { key: "m", word: "keyMicrophone", press: () => toggle("microphone") },
    speaks && { key: "v", word: "keyCamera", press: () => toggle("camera") },
    speaks && {
      key: " ",
      word: "keyTalk",
      press: () => {
        talks.current = !media.microphone;
        if (talks.current) talk(true);
      },
      release: () => {
        if (talks.current) talk(false);
        talks.current = false;
      },
    },
    hasChat && { key: "c", word: "keyChat", press: onChat },
    { key: "h", word: "keyHand", press: onHand },
    { key: "?", word: "keyHelp", press: onHelp },
  ];
  const shortcuts = offered.filter((each) => each !== false);
  useShortcuts(shortcuts);
  return shortcuts;
}
