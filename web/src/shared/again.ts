// Asks again where the server was busy for a moment.

const TRIES = 3;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 3_000;
const BUSY = new Set([429, 500, 502, 503, 504]);

/** Send a request that may safely be sent twice, at most TRIES times; return the last answer. */
export async function again(send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send();
    if (attempt === TRIES || !BUSY.has(answer.status)) return answer;
    await new Promise((goOn) => setTimeout(goOn, waitAfter(answer, attempt)));
  }
}

/** As long as the answer says, or twice as long each time; not all at the same moment. */
function waitAfter(answer: Response, attempt: number): number {
  const told = Number(answer.headers.get("Retry-After") ?? NaN) * 1000;
  const wait = Number.isFinite(told) ? told : FIRST_WAIT * 2 ** attempt;
  return Math.min(wait, LONGEST_WAIT) * (0.75 + Math.random() / 4);
}
