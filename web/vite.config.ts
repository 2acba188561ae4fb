import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { withMetadata } from "./build/model.ts";

const BASE = "/meet/";
const MEDIAPIPE = "node_modules/@mediapipe";

// MediaPipe loads its files by their own names, so the folder's name says which version they are.
const version = (JSON.parse(readFileSync(`${MEDIAPIPE}/tasks-vision/package.json`, "utf8")) as { version: string }).version;
const SEGMENTER = `assets/segmenter-${version}`;
const FILES = [
  "tasks-vision/wasm/vision_wasm_internal.js",
  "tasks-vision/wasm/vision_wasm_internal.wasm",
  "selfie_segmentation/selfie_segmentation.tflite",
];

function segmenter(): Plugin {
  return {
    name: "segmenter",
    generateBundle() {
      for (const file of FILES) {
        const fileName = `${SEGMENTER}/${file.split("/").at(-1)}`;
        const content = readFileSync(`${MEDIAPIPE}/${file}`);
        const source = file.endsWith(".tflite") ? withMetadata(content) : content;
        this.emitFile({ type: "asset", fileName, source });
      }
    },
  };
}

// One entry page each: functions/web serves meeting.html at /meet/{roomName}/, console.html at /meet/console.
export default defineConfig({
  base: BASE,
  plugins: [react(), segmenter()],
  define: { SEGMENTER: JSON.stringify(BASE + SEGMENTER) },
  build: {
    outDir: "../functions/web/static",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json", // what loads what, for the table of sizes
    assetsInlineLimit: 0, // the pages' security policy allows no data: scripts or styles
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: { console: "console.html", meeting: "meeting.html" } },
  },
});
