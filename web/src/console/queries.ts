// The console's cache of server data, kept while a page shows it.

import { QueryClient, type InfiniteData } from "@tanstack/react-query";
import type { Room } from "../shared/types";

export const POLL = 3000;
export const IDLE_POLL = 10_000; // where changes are rarer

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      gcTime: 0, // a page that is opened again shows no old data
      networkMode: "always", // without a network, requests fail at once
      retry: false, // shared/http.ts does that
    },
    mutations: { networkMode: "always" },
  },
});

export const keys = {
  list: (path: string) => ["list", path],
  room: (name: string) => ["room", name],
  people: (room: string) => ["people", room],
  count: (room: string) => ["count", room],
  waiting: (room: string) => ["waiting", room],
  invitations: (room: string) => ["invitations", room],
  bans: (room: string) => ["bans", room],
  recording: (id: string) => ["recording", id],
  shareLinks: (id: string) => ["shareLinks", id],
  timeline: (id: string, version = "") => ["timeline", id, version],
  trashed: (id: string) => ["trashed", id],
  document: ["document"],
  log: (room: string, types: string) => ["log", room, types],
  webhooks: ["webhooks"],
  webhook: (id: string) => ["webhook", id],
};

/** Change the items of a displayed list. Pending requests would undo it, so they are cancelled. */
async function change<Item>(path: string, update: (page: Page<Item>, index: number) => Page<Item>): Promise<void> {
  const queryKey = keys.list(path);
  if (!queryClient.getQueryData(queryKey)) return;
  await queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData<InfiniteData<Page<Item>>>(queryKey, (data) => data && { ...data, pages: data.pages.map(update) });
}

/** Put an item first. The API's lists may not contain it yet. */
export function addTo<Item>(path: string, item: Item): Promise<void> {
  return change<Item>(path, (page, index) => (index === 0 ? { ...page, items: [item, ...page.items] } : page));
}

export function dropFrom<Item>(path: string, isGone: (item: Item) => boolean): Promise<void> {
  return change<Item>(path, (page) => ({ ...page, items: page.items.filter((item) => !isGone(item)) }));
}

/** Replace an item by its present state. */
export function putInto<Item>(path: string, item: Item, isSame: (item: Item) => boolean): Promise<void> {
  return change<Item>(path, (page) => ({ ...page, items: page.items.map((each) => (isSame(each) ? item : each)) }));
}

export function setRoom(room: Room): void {
  queryClient.setQueryData(keys.room(room.roomName), room);
}
