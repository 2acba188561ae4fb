// Replaces the background of a camera. Loaded on first use, with its files from our own origin.

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
  await picture.decode(); // without the picture, the processor would show the real background
  return { mode: "virtual-background", imagePath: picture.src };
}

/** Make the processor for a background. Throws if this device cannot run it. */
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

/** Return a camera's stream with a background; call `release` when done. */
export async function withBackground(stream: MediaStream, background: Background): Promise<{ stream: MediaStream; release: () => void }> {
  const processor = await processorFor(background);
  const element = document.createElement("video");
  element.muted = true;
  element.srcObject = stream;
  void element.play().catch(() => undefined); // browsers without track processors read the frames from it
  await processor.init({ kind: "video" as Track.Kind.Video, track: stream.getVideoTracks()[0]!, element });
  return { stream: new MediaStream([processor.processedTrack!]), release: () => void processor.destroy() };
}
