// The API's operations about one recording: who can watch it, and what happened to it.

import { reasonOf } from "../../shared/http";
import type { Recording, ShareLink, ShareLinkOptions, TimelineEntry } from "../../shared/types";
import { call, json, list } from "../api";
import type { Page } from "../queries";

const PAGE = 100;

const recording = (id: string) => `/recordings/${encodeURIComponent(id)}`;
const links = (id: string) => `${recording(id)}/links`;

export const getShareLinks = async (id: string) => (await json<{ links: ShareLink[] }>("GET", links(id))).links;
export const share = (id: string, options: ShareLinkOptions) => json<ShareLink>("POST", links(id), options);

export async function deleteShareLink(id: string, linkId: string): Promise<void> {
  try {
    await call("DELETE", `${links(id)}/${encodeURIComponent(linkId)}`);
  } catch (error) {
    if (reasonOf(error) !== "link_not_found") throw error; // it was deleted already
  }
}

export const getTimeline = async (id: string) =>
  (await json<{ entries: TimelineEntry[] }>("GET", `${recording(id)}/timeline`)).entries;

/** A recording in the trash, which the API shows only in a list; null if it is not there. */
export async function findTrashed(id: string): Promise<Recording | null> {
  let after: string | null = null;
  do {
    const page: Page<Recording> = await list<Recording>("/recordings?deleted=true", PAGE, after);
    const found = page.items.find((each) => each.id === id);
    if (found) return found;
    after = page.next;
  } while (after !== null);
  return null;
}
