// The API's operations about webhooks.

import type { Webhook, WebhookDelivery, WebhookOptions, WebhookSecret, WebhookWithSecret } from "../../shared/types";
import { call, json } from "../api";
import { readEvents } from "../events/log";

/** What a user says about a webhook. Whatever is absent is cleared. */
export type Definition = Omit<WebhookOptions, "secret">;

const webhook = (id: string) => `/webhooks/${encodeURIComponent(id)}`;
const EVERYTHING = { room: "", types: "" };
/** A change of a webhook counts for all events only after this time. */
const KNOWN_AFTER = 31_000;
/** Events may be stored later than they happened. Those sent twice have the same id. */
const STORED_WITHIN = 5 * 60_000;

export const getWebhooks = async () => (await json<{ webhooks: Webhook[] }>("GET", "/webhooks")).webhooks;
export const getWebhook = (id: string) => json<Webhook>("GET", webhook(id));
export const createWebhook = (options: WebhookOptions) => json<WebhookWithSecret>("POST", "/webhooks", options);
export const updateWebhook = (id: string, definition: Definition) => json<Webhook>("PUT", webhook(id), definition);
export const deleteWebhook = (id: string) => call("DELETE", webhook(id));
export const testWebhook = (id: string) => json<{ status: number; duration: number }>("POST", `${webhook(id)}/test`);
export const rotateSecret = (id: string, overlap: number) => json<WebhookSecret>("POST", `${webhook(id)}/secret`, { overlap });
export const deliveriesOf = (id: string) => `${webhook(id)}/deliveries`;

export function definitionOf({ url, events, roomName, roomNamePrefix, enabled, format, description }: Webhook): Definition {
  return { url, events: events ?? null, roomName: roomName ?? null, roomNamePrefix: roomNamePrefix ?? null, enabled, format, description: description ?? null };
}

interface Replay {
  events: number;
  cursor?: string;
}
const replay = (id: string, what: { after: string } | { eventIds: string[] }) => json<Replay>("POST", `${webhook(id)}/replay`, what);

/** Send deliveries again; return how many events were queued. */
export async function sendAgain(id: string, deliveries: WebhookDelivery[]): Promise<number> {
  let count = 0;
  for (let from = 0; from < deliveries.length; from += 100) {
    const some = deliveries.slice(from, from + 100);
    count += (await replay(id, { eventIds: some.map(({ eventId }) => eventId) })).events;
  }
  return count;
}

/** Enable a webhook, and send all events again that happened since a time. Return how many were
 * queued, and a promise that those which happen before the change counts are queued, too. */
export async function enableAndSendSince(webhook: Webhook, time: number): Promise<{ count: number; rest: Promise<unknown> }> {
  const { webhookId: id } = webhook;
  const { cursor, first } = await placeOf(time - STORED_WITHIN);
  const now = (await readEvents("latest", EVERYTHING)).cursor;
  await updateWebhook(id, { ...definitionOf(webhook), enabled: true });
  const oldest = first === null ? 0 : (await replay(id, { eventIds: [first] })).events;
  const count = oldest + (await sendAfter(id, cursor));
  const rest = new Promise((resolve) => setTimeout(resolve, KNOWN_AFTER)).then(() => sendAfter(id, now));
  return { count, rest };
}

async function sendAfter(id: string, cursor: string): Promise<number> {
  let count = 0;
  for (let after: string | undefined = cursor; after !== undefined; ) {
    const answer: Replay = await replay(id, { after });
    count += answer.events;
    after = answer.cursor;
  }
  return count;
}

/** The cursor in front of the first event since a time. A cursor follows an event: if that event is
 * the oldest one, its id is `first`, and the cursor follows it. */
async function placeOf(time: number): Promise<{ cursor: string; first: string | null }> {
  for (let after: string | null = null; ; ) {
    const { events, cursor } = await readEvents(after, EVERYTHING);
    const index = events.findIndex(({ timestamp }) => Date.parse(timestamp) >= time);
    if (index < 0) {
      if (events.length === 0) return { cursor, first: null };
      after = cursor;
    } else if (index > 0) {
      return { cursor: (await readEvents(after, EVERYTHING, index)).cursor, first: null };
    } else if (after !== null) {
      return { cursor: after, first: null };
    } else {
      const oldest = await readEvents(null, EVERYTHING, 1);
      return { cursor: oldest.cursor, first: oldest.events[0]?.id ?? null };
    }
  }
}
