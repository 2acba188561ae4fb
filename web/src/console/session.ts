// Who is logged in. Scripts cannot read the cookie itself.

import { useSyncExternalStore } from "react";
import { reasonOf, request } from "../shared/http";
import { queryClient } from "./queries";

const CONSOLE = "/meet/console";
const TICK = 20_000;

export type Session =
  | { is: "unknown" | "unreachable" | "out" }
  | ({ is: "in" | "ended"; renewedAt: number } & Answer);

interface Answer {
  username: string;
  expiresAt: number;
  /** Days within which deleting a recording can be undone. */
  trashDays: number;
}

let session: Session = { is: "unknown" };
let usedAt = 0;
const listeners = new Set<() => void>();
const waiting: (() => void)[] = [];

function become(next: Session): void {
  session = next;
  if (next.is === "in") waiting.splice(0).forEach((goOn) => goOn());
  listeners.forEach((tell) => tell());
}

export function useSession(): Session {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => session,
  );
}

/** Days within which deleting a recording can be undone; 0 if it cannot. */
export function useTrashDays(): number {
  const now = useSession();
  return "trashDays" in now ? now.trashDays : 0;
}

async function enter(method: string, path: string, body?: unknown): Promise<void> {
  const answer = await request(method, CONSOLE + path, { body });
  const { username, expiresAt, trashDays } = (await answer.json()) as Answer;
  become({ is: "in", username, renewedAt: Date.now(), expiresAt, trashDays });
}

/** Find out whether there is a session already. */
export async function findSession(): Promise<void> {
  try {
    await enter("GET", "/session");
  } catch (error) {
    if (session.is === "unknown") {
      const out = reasonOf(error) === "unauthorized";
      become({ is: out ? "out" : "unreachable" });
    }
  }
}

/** Log in. Throws ApiError. */
export async function logIn(username: string, password: string): Promise<void> {
  await enter("POST", "/login", { username, password });
}

/** Log out. Throws ApiError. */
export async function logOut(): Promise<void> {
  await request("POST", `${CONSOLE}/logout`);
  waiting.length = 0;
  queryClient.clear();
  become({ is: "out" });
}

/** The session has ended: wait for the next login. */
export function loggedInAgain(): Promise<void> {
  return new Promise((goOn) => {
    waiting.push(goOn);
    if (session.is === "in") become({ ...session, is: "ended" });
  });
}

async function tick(): Promise<void> {
  if (session.is !== "in") return;
  const { renewedAt, expiresAt } = session;
  const isUsed = usedAt > renewedAt;
  if (Date.now() < (isUsed ? (renewedAt + expiresAt) / 2 : expiresAt)) return;
  usedAt = 0; // one renewal per use
  try {
    await enter(isUsed ? "POST" : "GET", "/session");
  } catch (error) {
    if (reasonOf(error) === "unauthorized") await loggedInAgain();
  }
}

/** Renew the session while the page is used, and notice its end. Returns the function that stops this. */
export function keepSession(): () => void {
  const used = () => {
    usedAt = Date.now();
  };
  const timer = window.setInterval(() => void tick(), TICK);
  window.addEventListener("pointerdown", used);
  window.addEventListener("keydown", used);
  return () => {
    window.clearInterval(timer);
    window.removeEventListener("pointerdown", used);
    window.removeEventListener("keydown", used);
  };
}
