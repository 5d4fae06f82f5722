// Bundles src/main.ts into dist/editor.js: one minified ES module without imports.
import { build } from "esbuild";
import { mkdir } from "node:fs/promises";

await mkdir("dist", { recursive: true });
await build({
  entryPoints: ["src/main.ts"],
  outfile: "dist/editor.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  charset: "utf8",
  alias: { "@codemirror/lang-html": "./src/no-html.ts" },
  logLevel: "warning",
});
