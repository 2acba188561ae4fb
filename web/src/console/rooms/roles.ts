import type { Role, Room } from "../../shared/types";
import type { Word } from "../words";

/** The roles of a room's three links. */
export const ROLES: { url: keyof Pick<Room, "moderatorURL" | "publisherURL" | "viewerURL">; role: Role; text: Word }[] = [
  { url: "moderatorURL", role: "moderator", text: "moderatorText" },
  { url: "publisherURL", role: "publisher", text: "publisherText" },
  { url: "viewerURL", role: "viewer", text: "viewerText" },
];
