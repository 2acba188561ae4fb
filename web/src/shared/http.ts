// Requests to our own API: the same timeout, retries and errors for all pages.

import type { Reason } from "./types";

const TIMEOUT = 29_000; // API Gateway gives up after that time
const TRIES = 3;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 3_000;
const BUSY = new Set([429, 500, 502, 503, 504]);

/** The reasons of our login, which is not part of the API's document. */
type LoginReason = "other_site" | "password_too_short" | "wrong_credentials";

/** The reasons of errors whose body has none, and of a request without an answer. */
type OwnReason = "invalid_request" | "not_found" | "too_many_requests" | "unauthorized" | "unknown" | "unreachable";
export type AnyReason = Reason | LoginReason | OwnReason;

const REASONS: Record<number, AnyReason> = {
  401: "unauthorized",
  404: "not_found",
  422: "invalid_request",
  429: "too_many_requests",
};

interface ErrorBody {
  message?: string;
  reason?: Reason | LoginReason;
  details?: { field: string }[];
  startsAt?: number;
}

/** An error answer of the API, or "unreachable" if there was no answer. Pages decide by its reason. */
export class ApiError extends Error {
  /** The fields that a 422 names. */
  readonly fields: readonly string[];

  constructor(
    readonly reason: AnyReason,
    details: ErrorBody["details"] = [],
    /** In English. */
    readonly text = "",
    /** When the meeting starts, if that is the reason. */
    readonly startsAt?: number,
  ) {
    super(reason);
    this.fields = details.map(({ field }) => field);
  }
}

/** The reason of an ApiError; "unknown" for any other error. */
export const reasonOf = (error: unknown): AnyReason => (error instanceof ApiError ? error.reason : "unknown");

/** True if the requested resource does not, or no longer, exist. */
export const isNotFound = (error: unknown) => reasonOf(error).endsWith("not_found");

interface Options {
  body?: unknown;
  /** True to retry while the server is busy. Safe for requests that change nothing. */
  isRepeatable?: boolean;
  headers?: Record<string, string>;
  credentials?: RequestCredentials;
  referrerPolicy?: ReferrerPolicy;
}

/** Send a request and return its answer. Throws ApiError. */
export async function request(method: string, url: string, options: Options = {}): Promise<Response> {
  const { body, isRepeatable = method === "GET", headers, ...others } = options;
  const type = body === undefined ? undefined : { "Content-Type": "application/json" };
  const send = () =>
    fetch(url, {
      ...others,
      method,
      headers: { Accept: "application/json", ...type, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT),
    });
  let answer: Response;
  try {
    answer = isRepeatable ? await withRetries(send) : await send();
  } catch {
    throw new ApiError("unreachable");
  }
  if (answer.ok) return answer;
  const { reason, details, message, startsAt } = (await answer.json().catch(() => ({}))) as ErrorBody;
  throw new ApiError(reason ?? REASONS[answer.status] ?? "unknown", details, message, startsAt);
}

/** Send a request until the server is not busy, at most TRIES times. Return the last answer. */
async function withRetries(send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send();
    if (attempt === TRIES || !BUSY.has(answer.status)) return answer;
    await new Promise((resolve) => setTimeout(resolve, waitAfter(answer, attempt)));
  }
}

/** Milliseconds until the next try: Retry-After, or twice as long each time, with some randomness. */
function waitAfter(answer: Response, attempt: number): number {
  const told = Number(answer.headers.get("Retry-After") ?? NaN) * 1000;
  const wait = Number.isFinite(told) ? told : FIRST_WAIT * 2 ** attempt;
  return Math.min(wait, LONGEST_WAIT) * (0.75 + Math.random() / 4);
}
