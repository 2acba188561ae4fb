import type { Room } from "../../shared/types";
import type { Word } from "../words";

/** Who the three links of a room are for. */
export const ROLES: { url: keyof Pick<Room, "moderatorURL" | "publisherURL" | "viewerURL">; role: Word; text: Word }[] = [
  { url: "moderatorURL", role: "moderator", text: "moderatorText" },
  { url: "publisherURL", role: "publisher", text: "publisherText" },
  { url: "viewerURL", role: "viewer", text: "viewerText" },
];
