import { BackgroundProcessor } from "@livekit/track-processors";

/** Make what blurs a background; nothing comes from anywhere but here. */
export function blur() {
  return BackgroundProcessor({
    mode: "background-blur",
    blurRadius: 12,
    assetPaths: {
      tasksVisionFileSet: SEGMENTER,
      modelAssetPath: `${SEGMENTER}/selfie_segmentation.tflite`,
    },
  });
}
