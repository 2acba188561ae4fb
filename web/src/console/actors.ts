import type { Actor } from "../shared/types";
import { t, type Word } from "./words";

const SYSTEM: Record<string, Word> = {
  expiry: "byExpiry",
  lobby: "byLobby",
  sweep: "bySweep",
  retention: "byRetention",
  autoStart: "byAutoStart",
};

/** Who caused something; empty if nobody did. */
export function actorOf(actor: Actor): string {
  if (!actor) return "";
  const name = actor.name ?? "";
  switch (actor.type) {
    case "apiKey":
      return t("byKey", { name }).trim();
    case "console":
      return t("byConsole");
    case "moderator":
      return t("byModerator", { name }).trim();
    case "system":
      return t(SYSTEM[name] ?? "bySystem");
  }
}
