// Puts a background behind somebody. Loaded on its first use, with everything that it needs from here.

import {
  BackgroundProcessor, type BackgroundProcessorWrapper, type SwitchBackgroundProcessorOptions,
} from "@livekit/track-processors";
import type { LocalVideoTrack, Track } from "livekit-client";
import { pictures, type Background } from "./backgrounds";

const BLUR = 12;

async function optionsOf(background: Background): Promise<SwitchBackgroundProcessorOptions> {
  if (background === "none") return { mode: "disabled" };
  if (background === "blur") return { mode: "background-blur", blurRadius: BLUR };
  const picture = new Image();
  picture.src = pictures[background];
  await picture.decode(); // the processor would go on without it, and show the real one
  return { mode: "virtual-background", imagePath: picture.src };
}

/** Make what puts a background behind somebody; raises when this device cannot. */
export async function processorFor(background: Background): Promise<BackgroundProcessorWrapper> {
  return BackgroundProcessor({
    ...(await optionsOf(background)),
    assetPaths: {
      tasksVisionFileSet: SEGMENTER,
      modelAssetPath: `${SEGMENTER}/selfie_segmentation.tflite`,
    },
  });
}

/** Change the background of a camera that is on. */
export async function setBackground(track: LocalVideoTrack, background: Background): Promise<void> {
  const running = track.getProcessor() as BackgroundProcessorWrapper | undefined;
  if (running) await running.switchTo(await optionsOf(background));
  else if (background !== "none") await track.setProcessor(await processorFor(background));
}

/** Put a background into a camera's stream; what is returned is to be released. */
export async function withBackground(stream: MediaStream, background: Background): Promise<{ stream: MediaStream; release: () => void }> {
  const processor = await processorFor(background);
  const element = document.createElement("video");
  element.muted = true;
  element.srcObject = stream;
  void element.play().catch(() => undefined); // where frames come from in browsers without track processors
  await processor.init({ kind: "video" as Track.Kind.Video, track: stream.getVideoTracks()[0]!, element });
  return { stream: new MediaStream([processor.processedTrack!]), release: () => void processor.destroy() };
}
