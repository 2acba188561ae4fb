import { BackgroundProcessor } from "@livekit/track-processors";

/** Stands in until the segmentation files are served from here. */
export async function blur() {
  return BackgroundProcessor({ mode: "background-blur", blurRadius: 10 });
}
