/** Tell whether this browser can hold a meeting at all. */
export function isSupported(): boolean {
  return (
    typeof RTCPeerConnection === "function" &&
    "addTransceiver" in RTCPeerConnection.prototype &&
    typeof WebSocket === "function" &&
    typeof ResizeObserver === "function" &&
    typeof AbortSignal.timeout === "function"
  );
}

/** Cameras are there on secure pages only. */
export const hasMedia = typeof navigator.mediaDevices?.getUserMedia === "function";

export const canShareScreen = typeof navigator.mediaDevices?.getDisplayMedia === "function";
