// One request to our own origin; the cookie goes along by itself.

import { again } from "../shared/again";

const TIMEOUT = 29_000;

/** A refusal; status 0 means that nobody was reached. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly reason = "",
    readonly details: readonly { field: string; message: string }[] = [],
  ) {
    super(`refused: ${status} ${reason}`);
  }
}

/** Send a request and return the answer to it, unless it is a refusal. */
export async function ask(method: string, url: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const send = () =>
    fetch(url, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT),
    });
  let answer: Response;
  try {
    answer = method === "GET" ? await again(send) : await send();
  } catch {
    throw new Refused(0);
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer: Response): Promise<Refused> {
  const body = (await answer.json().catch(() => ({}))) as Partial<{ message: string; details: [] }>;
  return new Refused(answer.status, body.message, body.details);
}
