/** What is open beside the stage. */
export type Panel = "background" | "chat" | "people" | "settings" | "connection" | null;

/** How the stage shows the participants: all the same size, or one large. */
export type View = "grid" | "speaker";
