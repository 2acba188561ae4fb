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

function segmenter(page: string): Plugin {
  return {
    name: "segmenter",
    generateBundle() {
      if (page !== "meeting") return;
      for (const file of FILES) {
        const fileName = `${SEGMENTER}/${file.split("/").at(-1)}`;
        const content = readFileSync(`${MEDIAPIPE}/${file}`);
        const source = file.endsWith(".tflite") ? withMetadata(content) : content;
        this.emitFile({ type: "asset", fileName, source });
      }
    },
  };
}

type Files = Record<string, { type: string; imports?: string[]; dynamicImports?: string[] }>;

/** The files of a script and of its static imports. */
function withImports(name: string, bundle: Files, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const each of bundle[name]?.imports ?? []) withImports(each, bundle, seen);
  return seen;
}

const START = "start";
const FIRST_PAGE = "meeting";
const SCRIPTS = /( *<script type="module"[^>]* src="([^"]+)"><\/script>\n)+/;

/** Lets src/start.ts load everything else, since it retries. */
function startedBySmallScript(): Plugin {
  return {
    name: "started-by-small-script",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const [name, chunk] of Object.entries(bundle)) {
        if (chunk.type !== "chunk") continue;
        const there = withImports(name, bundle);
        for (const part of chunk.dynamicImports) {
          const files = [...withImports(part, bundle)].filter((file) => !there.has(file)).map((file) => BASE + file);
          const file = part.split("/").at(-1)!.replaceAll(".", "\\.");
          const load = new RegExp(`import\\((["'\`])\\./${file}\\1\\)`, "g");
          if (!load.test(chunk.code)) throw new Error(`${name} does not import ${part} as expected`);
          chunk.code = chunk.code.replace(load, (own) => `filesAreThere(${JSON.stringify(files)}).then(()=>${own})`);
        }
      }
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const main = SCRIPTS.exec(html)?.[2]; // the last one, which imports the others
        const start = Object.values(bundle).find((each) => each.type === "chunk" && each.name === START)?.fileName;
        if (!main || !start) throw new Error("the page has no script, or there is none to start it");
        const files = [...withImports(main.replace(BASE, ""), bundle)].map((file) => BASE + file);
        const lines = [
          `<script type="module" src="${BASE}${start}" data-main="${main}" data-files="${files.join(" ")}"></script>`,
          ...files.map((file) => `<link rel="preload" as="fetch" crossorigin href="${file}">`),
        ];
        return html.replace(SCRIPTS, () => lines.map((line) => `    ${line}\n`).join(""));
      },
    },
  };
}

/** Inlines the icon into the page: one request fewer. */
function iconInside(): Plugin {
  const address = `data:image/svg+xml,${encodeURIComponent(readFileSync("public/icon.svg", "utf8").trim())}`;
  return {
    name: "icon-inside",
    transformIndexHtml: { order: "post", handler: (html) => html.replace(`${BASE}icon.svg`, address) },
  };
}

// One build for each entry page, so that each has one script: npm run build. functions/web serves
// meeting.html at /meet/{roomName}/, console.html at /meet/console.
export default defineConfig(({ mode: page }) => ({
  base: BASE,
  plugins: [react(), segmenter(page), startedBySmallScript(), iconInside()],
  define: { SEGMENTER: JSON.stringify(BASE + SEGMENTER) },
  build: {
    outDir: "../functions/web/static",
    emptyOutDir: page === FIRST_PAGE,
    target: "es2022",
    manifest: `${page}.manifest.json`, // tools/build/pages.py reads the sizes from it
    assetsInlineLimit: 0, // the pages' security policy allows no data: scripts or styles
    modulePreload: false, // src/start.ts does it, with retries
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: { [page]: `${page}.html`, [START]: "src/start.ts" },
      // A page's first load is one script, even if later parts share code with it.
      output: {
        codeSplitting: { groups: [{ name: page, tags: ["$initial"], test: (id) => !id.endsWith(`${START}.ts`) }] },
      },
    },
  },
}));
