// Bundles src/main.ts into dist/: `editor.js`, which needs the chunks that `dist/chunks.json` names (`editor-chunk-…`), and
// those that it imports when they are first needed (`editor-later-…`). Each but the first has a name that changes with its
// content.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });
const { outputFiles, metafile } = await build({
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  entryNames: "editor",
  chunkNames: "editor-[name]-[hash]",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  charset: "utf8",
  alias: { "@codemirror/lang-html": "./src/no-html.ts" },
  logLevel: "warning",
  metafile: true,
  write: false,
});

const texts = new Map(outputFiles.map((file) => [path.basename(file.path), file.text]));
const outputs = new Map(Object.entries(metafile.outputs).map(([name, output]) => [path.basename(name), output]));
const written = new Map();

/** The chunk with this name, and all that it can't be run without. */
function needed(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const { path: imported, kind } of outputs.get(name).imports) {
    if (kind === "import-statement") needed(path.basename(imported), found);
  }
  return found;
}

const first = needed("editor.js");

/** Writes a file after those that it imports, whose names it holds; gives its name. */
async function write(name) {
  const known = written.get(name);
  if (known !== undefined) return known;
  let text = texts.get(name);
  for (const { path: imported } of outputs.get(name).imports) {
    const neighbour = path.basename(imported);
    text = text.replaceAll(`./${neighbour}`, `./${await write(neighbour)}`);
  }
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const renamed = name === "editor.js" ? name : `editor-${first.has(name) ? "chunk" : "later"}-${hash}.js`;
  written.set(name, renamed);
  await writeFile(path.join("dist", renamed), text);
  return renamed;
}

await write("editor.js");
first.delete("editor.js");
await writeFile("dist/chunks.json", JSON.stringify([...first].map((chunk) => written.get(chunk))));
