// Bundles src/main.ts into dist/: `editor.js`, which needs the chunks that `dist/chunks.json` names (`editor-chunk-…`), and
// those that it imports when they are first needed (`editor-later-…`). Each but the first has a name that changes with its
// content. `editor-language-….wasm` is the language engine, as `cargo xtask build` has made it in target/xtask/language;
// `editor-worker-….js` is the worker that loads it, which the server lets load more than other files.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });

const LANGUAGE = path.resolve("../../target/xtask/language");

const common = {
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  charset: "utf8",
  logLevel: "warning",
  write: false,
};

/** Writes a file under a name that changes with its content; gives that name. */
async function named(begin, end, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const name = `${begin}-${hash}.${end}`;
  await writeFile(path.join("dist", name), content);
  return name;
}

const engine = await readFile(path.join(LANGUAGE, "flowdeck_language_worker_bg.wasm"));
const engineName = await named("editor-language", "wasm", engine);
const worker = await build({
  ...common,
  entryPoints: ["src/support/worker.ts"],
  alias: { "flowdeck-language-worker": path.join(LANGUAGE, "flowdeck_language_worker.js") },
  define: { LANGUAGE_MODULE: JSON.stringify(`./${engineName}`) },
});
const workerName = await named("editor-worker", "js", worker.outputFiles[0].text);

const { outputFiles, metafile } = await build({
  ...common,
  entryPoints: ["src/main.ts"],
  entryNames: "editor",
  chunkNames: "editor-[name]-[hash]",
  splitting: true,
  alias: { "@codemirror/lang-html": "./src/no-html.ts" },
  define: { LANGUAGE_WORKER: JSON.stringify(`./${workerName}`) },
  metafile: true,
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
