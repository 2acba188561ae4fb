// Messages to the page that embeds the meeting. The server writes the allowed origins into the page.

export type Told = { event: "joined"; name: string } | { event: "left"; reason: string } | { event: "recording"; active: boolean };

function embedders(): string[] {
  const written = document.querySelector<HTMLMetaElement>('meta[name="embedders"]')?.content ?? "";
  return written.split(" ").filter((each) => each.startsWith("http"));
}

export function tell(message: Told): void {
  if (window.parent === window) return;
  // The browser delivers a message only if the embedding page has this origin.
  for (const origin of embedders()) window.parent.postMessage({ source: "meet", ...message }, origin);
}
