/** True if this browser has what a meeting needs. */
export function isSupported(): boolean {
  return (
    typeof RTCPeerConnection === "function" &&
    "addTransceiver" in RTCPeerConnection.prototype &&
    typeof WebSocket === "function" &&
    typeof ResizeObserver === "function" &&
    typeof AbortSignal.timeout === "function"
  );
}

/** Browsers offer cameras only to secure pages. */
export const hasMedia = typeof navigator.mediaDevices?.getUserMedia === "function";

export const canShareScreen = typeof navigator.mediaDevices?.getDisplayMedia === "function";
