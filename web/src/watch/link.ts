// A share link: which recording, and the token that opens it.

import { request } from "../shared/http";
import type { SharedRecording } from "../shared/types";

export interface Link {
  recordingId: string;
  linkId: string;
  /** Behind the #, so that no request for the page has it. It stays there: people copy the address. */
  token: string;
}

export function readLink(): Link {
  const token = location.hash.slice(1);
  return {
    recordingId: location.pathname.split("/").at(-1) ?? "",
    linkId: token.split(".")[0] ?? "",
    token,
  };
}

/** Ask what a link shows, and for a stream to play. Throws ApiError. */
export async function openLink({ recordingId, linkId, token }: Link): Promise<SharedRecording> {
  const url = `/meet/api/v1/recordings/${recordingId}/links/${encodeURIComponent(linkId || "-")}/open`;
  const answer = await request("POST", url, { body: { token }, isRepeatable: true, credentials: "omit", referrerPolicy: "no-referrer" });
  return (await answer.json()) as SharedRecording;
}
