/** What this browser lacks for a meeting: it is too old, or WebRTC is switched off in it. */
export function lacking(): "browser" | "webrtc" | null {
  const isNew = typeof WebSocket === "function" && typeof ResizeObserver === "function" && typeof AbortSignal.timeout === "function";
  if (!isNew) return "browser";
  if (typeof RTCPeerConnection !== "function") return "webrtc";
  return "addTransceiver" in RTCPeerConnection.prototype ? null : "browser";
}

/** Browsers offer cameras only to secure pages. */
export const hasMedia = typeof navigator.mediaDevices?.getUserMedia === "function";

export const canShareScreen = typeof navigator.mediaDevices?.getDisplayMedia === "function";
