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

type Files = Record<string, { type: string; name?: string; code?: string; imports?: string[]; dynamicImports?: string[] }>;

const START = "start";
const FIRST_PAGE = "meeting";
const INSIDE = "inside";
const HELPERS = "rolldown-runtime";
const SCRIPTS = /( *<script type="module"[^>]* src="([^"]+)"><\/script>\n)+/;
const STYLE = /<link rel="stylesheet"[^>]* href="([^"]+)">/;
const FACADE = /^export\{(\w+) as default\}from"\.\/([^"]+)";\s*$/;

/** The files of a script and of its static imports. The bundler's helpers are in the page's script. */
function withImports(name: string, bundle: Files, seen = new Set<string>()): Set<string> {
  if (seen.has(name) || bundle[name]?.name === HELPERS) return seen;
  seen.add(name);
  for (const each of bundle[name]?.imports ?? []) withImports(each, bundle, seen);
  return seen;
}

/** Puts the bundler's helpers, a file of 600 bytes, into the page's script: one request fewer. */
function helpersInside(page: string): Plugin {
  return {
    name: "helpers-inside",
    enforce: "post",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
      const helpers = chunks.find((each) => each.name === HELPERS);
      if (!helpers) return; // only one script needs them, and has them
      const main = chunks.find((each) => each.name === page && each.imports.includes(helpers.fileName));
      const [, body, exported] = /^([\s\S]*)export\{([\w ,]+)\};\s*$/.exec(helpers.code) ?? [];
      if (!main || !body || !exported) throw new Error("the bundler's helpers are not as expected");
      const made = `(()=>{${body}return{${exported.replaceAll(/(\w+) as (\w+)/g, "$2:$1")}}})()`;
      const file = (each: { fileName: string }) => each.fileName.split("/").at(-1)!;
      const use = new RegExp(`import\\{([\\w ,]+)\\}from"\\./${file(helpers).replaceAll(".", "\\.")}";`);
      for (const chunk of chunks) {
        if (!chunk.imports.includes(helpers.fileName)) continue;
        const [own, names = ""] = use.exec(chunk.code) ?? [];
        if (!own) throw new Error(`${chunk.fileName} does not import the bundler's helpers as expected`);
        const isMain = chunk === main;
        const start = isMain ? `const bundlerHelpers=${made};` : `import{bundlerHelpers}from"./${file(main)}";`;
        const taken = `const{${names.replaceAll(/(\w+) as (\w+)/g, "$1:$2")}}=bundlerHelpers;`;
        chunk.code = chunk.code.replace(own, () => start + taken) + (isMain ? "export{bundlerHelpers};" : "");
      }
    },
  };
}

/** Lets src/start.ts, which stands in the page, load everything else, since it retries. */
function startedBySmallScript(): Plugin {
  return {
    name: "started-by-small-script",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const [name, chunk] of Object.entries(bundle)) {
        if (chunk.type !== "chunk") continue;
        const there = withImports(name, bundle);
        for (const part of chunk.dynamicImports) {
          const loaded = bundle[part];
          // A chunk that only passes on what is in another one is not worth a request.
          const [, value, other] = FACADE.exec(loaded?.type === "chunk" ? loaded.code : "") ?? [];
          const wanted = other ? part.replace(/[^/]*$/, other) : part;
          const files = [...withImports(wanted, bundle)].filter((each) => !there.has(each)).map((each) => BASE + each);
          const file = part.split("/").at(-1)!.replaceAll(".", "\\.");
          const load = new RegExp(`import\\((["'\`])\\./${file}\\1\\)`, "g");
          if (!load.test(chunk.code)) throw new Error(`${name} does not import ${part} as expected`);
          chunk.code = chunk.code.replace(load, (own) => {
            const imported = other ? `import("./${other}").then(all=>({default:all.${value}}))` : own;
            return `filesAreThere(${JSON.stringify(files)}).then(()=>${imported})`;
          });
        }
      }
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const main = SCRIPTS.exec(html)?.[2]; // the last one, which imports the others
        const start = Object.values(bundle).find((each) => each.type === "chunk" && each.name === START);
        if (!main || start?.type !== "chunk") throw new Error("the page has no script, or there is none to start it");
        const files = [...withImports(main.replace(BASE, ""), bundle)].map((file) => BASE + file);
        const script = `<script type="module" data-main="${main}" data-files="${files.join(" ")}">`;
        const lines = [
          ...files.map((file) => `<link rel="preload" as="fetch" crossorigin href="${file}">`),
          `${script}${inPage(start.code.trim(), html)}</script>`,
        ];
        delete bundle[start.fileName];
        return html.replace(SCRIPTS, () => lines.map((line) => `    ${line}\n`).join(""));
      },
    },
  };
}

/** A script or style as it stands in the page, where functions/web replaces {names} and hashes it. */
function inPage(text: string, html: string): string {
  const names = [...html.matchAll(/\{\w+\}/g)].map(([name]) => name);
  const found = ["</", "<!--", ...names].find((each) => text.includes(each));
  if (found) throw new Error(`${found} cannot stand in the page's script or style`);
  return text;
}

/** Puts the style into the page: one request fewer before anything is shown. */
function styleInside(): Plugin {
  return {
    name: "style-inside",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const [link, href = ""] = STYLE.exec(html) ?? [];
        const style = bundle[href.replace(BASE, "")];
        if (!link || style?.type !== "asset") throw new Error("the page has no style");
        delete bundle[style.fileName];
        return html.replace(link, () => `<style>${inPage(String(style.source).trim(), html)}</style>`);
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
  plugins: [react(), segmenter(page), helpersInside(page), startedBySmallScript(), styleInside(), iconInside()],
  define: { SEGMENTER: JSON.stringify(BASE + SEGMENTER) },
  build: {
    outDir: "../functions/web/static",
    emptyOutDir: page === FIRST_PAGE,
    target: "es2022",
    manifest: `${page}.manifest.json`, // tools/build/pages.py reads the sizes from it
    assetsInlineLimit: 0, // the pages' security policy allows no data: scripts or styles
    modulePreload: false, // src/start.ts does it, with retries
    cssCodeSplit: false, // else later parts wait for the style's file, which is in the page
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: { [page]: `${page}.html`, [START]: "src/start.ts" },
      // A page's first load is one script, even if later parts share code with it; the meeting is a second one.
      output: {
        codeSplitting: {
          groups: [
            { name: page, tags: ["$initial"], test: (id) => !id.endsWith(`${START}.ts`), priority: 1 },
            { name: INSIDE, test: /room\/MeetingRoom\.tsx$/ },
          ],
        },
      },
    },
  },
}));
