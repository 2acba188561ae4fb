// What a page that embeds the meeting is told, and nobody else: the server writes into the page
// who may embed it.

export type Told = { event: "joined"; name: string } | { event: "left"; reason: string } | { event: "recording"; active: boolean };

function embedders(): string[] {
  const written = document.querySelector<HTMLMetaElement>('meta[name="embedders"]')?.content ?? "";
  return written.split(" ").filter((each) => each.startsWith("http"));
}

export function tell(message: Told): void {
  if (window.parent === window) return;
  // The browser drops what is not for the origin that is really there.
  for (const origin of embedders()) window.parent.postMessage({ source: "meet", ...message }, origin);
}
