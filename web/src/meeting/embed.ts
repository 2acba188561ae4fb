// What a page that embeds the meeting is told. Only stacks that name their embedders can be
// framed at all (frame-ancestors), and nothing told here is secret.

export type Told = { event: "joined"; name: string } | { event: "left"; reason: string } | { event: "recording"; active: boolean };

export function tell(message: Told): void {
  if (window.parent !== window) window.parent.postMessage({ source: "meet", ...message }, "*");
}
