import { useSpeakingParticipants } from "@livekit/components-react";
import { Track } from "livekit-client";
import { useState } from "react";
import { isScreen, keyOf, type Shown } from "./tiles";

interface Order {
  keys: string[];
  /** The keys of those who have spoken, the last ones first. */
  spoke: string[];
}

/** The tiles in an order that brings those who speak among the first ones. Nobody else moves but those whom they replace. */
export function useForward(tiles: Shown[], first: number): Shown[] {
  const speaking = useSpeakingParticipants().map(({ identity }) => `${identity} ${Track.Source.Camera}`);
  const [before, setBefore] = useState<Order>({ keys: [], spoke: [] });
  const now = orderAfter(before, tiles, speaking, first);
  if (!isSame(now.keys, before.keys) || !isSame(now.spoke, before.spoke)) setBefore(now);
  const found = new Map(tiles.map((each) => [keyOf(each), each]));
  return now.keys.map((key) => found.get(key)!);
}

const isSame = (one: string[], other: string[]) => one.length === other.length && one.every((key, index) => key === other[index]);

function orderAfter(before: Order, tiles: Shown[], speaking: string[], first: number): Order {
  const now = tiles.map(keyOf);
  const there = new Set(now);
  const screens = new Set(tiles.filter(isScreen).map(keyOf));
  const fixed = new Set([...screens, ...tiles.filter(({ participant }) => participant.isLocal).map(keyOf)]);
  const known = new Set(before.keys);
  const all = [...before.keys.filter((key) => there.has(key)), ...now.filter((key) => !known.has(key))];
  const keys = [...all.filter((key) => screens.has(key)), ...all.filter((key) => !screens.has(key))];
  const speakers = speaking.filter((key) => there.has(key));
  const spoke = [...speakers, ...before.spoke.filter((key) => there.has(key) && !speakers.includes(key))];

  const silence = (key: string) => (spoke.includes(key) ? spoke.indexOf(key) : Number.POSITIVE_INFINITY);
  for (const key of speakers) {
    const at = keys.indexOf(key);
    if (at < first) continue;
    const quiet = keys.slice(0, first).filter((each) => !fixed.has(each) && !speakers.includes(each));
    if (quiet.length === 0) break;
    const replaced = quiet.reduce((one, other) => (silence(other) >= silence(one) ? other : one));
    keys[keys.indexOf(replaced)] = key;
    keys[at] = replaced;
  }
  return { keys, spoke };
}
