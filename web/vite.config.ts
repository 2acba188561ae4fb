import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// One entry page each: meeting.html is served at /meet/{roomName}/ by functions/web.
export default defineConfig({
  base: "/meet/",
  plugins: [react()],
  build: {
    outDir: "../functions/web/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the pages' security policy allows no data: scripts or styles
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { meeting: "meeting.html" } },
  },
});
