// Everything that comes from another participant. Whatever is sent, the functions here return something
// of the right shape and a bounded size, or undefined; they do not throw.

import * as v from "valibot";
import type { Role } from "./types";

export const LONGEST_MESSAGE = 4000;
const LONGEST_PACKET = 64 * 1024; // bytes; LiveKit's own limit is lower
const LONGEST_NAME = 128;
const LONGEST_METADATA = 4096;
const LATEST = 8.64e15; // of a Date

// Line breaks, and characters that turn the direction of the text after them, would spoil a list of names.
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const no = v.fallback(v.boolean(), false);
const Permissions = v.object({ canPublishScreen: no, canRecord: no, canChat: no, canChangeVirtualBackground: no });
const Metadata = v.object({
  role: v.picklist(["moderator", "publisher", "viewer"] satisfies Role[]),
  permissions: v.fallback(Permissions, { canPublishScreen: false, canRecord: false, canChat: false, canChangeVirtualBackground: false }),
});
const LegacyMessage = v.object({ message: v.string(), ignoreLegacy: v.optional(v.unknown()) });

const Ending = v.object({
  endsAt: v.fallback(v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(LATEST))), undefined),
});

export type Standing = v.InferOutput<typeof Metadata>;

/** JSON of the given schema; undefined if it is anything else. */
function read<Schema extends v.GenericSchema>(schema: Schema, text: string): v.InferOutput<Schema> | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

function textOf(packet: Uint8Array): string {
  return packet.byteLength > LONGEST_PACKET ? "" : new TextDecoder().decode(packet);
}

const standings = new Map<string, Standing | undefined>();

/** The role and permissions in a participant's metadata; undefined if it is not one of our participants. */
export function standingIn(metadata: string | undefined): Standing | undefined {
  if (!metadata || metadata.length > LONGEST_METADATA) return undefined;
  if (!standings.has(metadata)) {
    if (standings.size > 100) standings.clear();
    standings.set(metadata, read(Metadata, metadata));
  }
  return standings.get(metadata);
}

const Ended = v.object({ endedBy: v.string() });

/** What kind of caller ends the meeting now, by the metadata of its room. */
export function enderIn(metadata: string | undefined): string | undefined {
  return metadata && metadata.length <= LONGEST_METADATA ? read(Ended, metadata)?.endedBy : undefined;
}

/** When the meeting will be ended, by the metadata of its room. */
export function endsAtIn(metadata: string | undefined): number | undefined {
  return metadata && metadata.length <= LONGEST_METADATA ? read(Ending, metadata)?.endsAt : undefined;
}

export function roleOf(metadata: string | undefined): Role | undefined {
  return standingIn(metadata)?.role;
}

/** A name on one line, cut to a bearable length. */
export function cleanName(name: unknown): string {
  return typeof name === "string" ? name.slice(0, LONGEST_NAME * 2).replace(UNSEEN, "").slice(0, LONGEST_NAME).trim() : "";
}

/** A chat message's text; undefined if nothing of it can be seen. */
export function cleanMessage(text: string): string | undefined {
  const cut = text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
  return cut.trim() || undefined;
}

/** The text of a chat message as LiveKit's components sent it before data streams; undefined if it is not one. */
export function legacyMessage(packet: Uint8Array): string | undefined {
  const found = read(LegacyMessage, textOf(packet));
  // What is sent in both ways says so here.
  return found && found.ignoreLegacy !== true ? cleanMessage(found.message) : undefined;
}

/** What participants can show for a moment. Nothing else is taken from others. */
export const REACTIONS = ["👍", "👏", "😂", "🎉", "❤️", "😮"] as const;
export type Reaction = (typeof REACTIONS)[number];

export function reactionOf(packet: Uint8Array): Reaction | undefined {
  if (packet.byteLength > 16) return undefined;
  const text = textOf(packet);
  return REACTIONS.find((each) => each === text);
}

export const MOST_HISTORY = 100; // messages
export const LONGEST_HISTORY = 64 * 1024; // characters
const Earlier = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  identity: v.pipe(v.string(), v.maxLength(256)),
  name: v.pipe(v.string(), v.transform((name) => cleanName(name)), v.minLength(1)),
  at: v.pipe(v.number(), v.minValue(0), v.maxValue(LATEST)),
  text: v.pipe(v.string(), v.transform((text) => cleanMessage(text) ?? ""), v.minLength(1)),
});
/** A chat message of before one joined, as somebody else has it. */
export type EarlierMessage = v.InferOutput<typeof Earlier>;

/** What is right of somebody's history of the chat, each message once. */
export function historyOf(text: string): EarlierMessage[] {
  if (text.length > LONGEST_HISTORY) return [];
  const found = new Map<string, EarlierMessage>();
  for (const each of (read(v.array(v.unknown()), text) ?? []).slice(-MOST_HISTORY)) {
    const message = v.safeParse(Earlier, each);
    if (message.success) found.set(message.output.id, message.output);
  }
  return [...found.values()];
}

/** When a participant raised their hand, by the server's clock; undefined while it is down. */
export function handRaisedAt({ handRaisedAt: at = "" }: Readonly<Record<string, string>>): number | undefined {
  return /^\d{1,15}$/.test(at) ? Number(at) : undefined;
}
