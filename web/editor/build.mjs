// Bundles src/main.ts into dist/: `editor.js`, which needs the chunks that `dist/chunks.json` names, and one more that it
// imports when it is first needed. Each but the first has a name that changes with its content.
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
  const renamed = name === "editor.js" ? name : `editor-${name.split("-")[1]}-${hash}.js`;
  written.set(name, renamed);
  await writeFile(path.join("dist", renamed), text);
  return renamed;
}

await write("editor.js");
const needed = outputs.get("editor.js").imports.filter(({ kind }) => kind === "import-statement");
await writeFile("dist/chunks.json", JSON.stringify(needed.map((chunk) => written.get(path.basename(chunk.path)))));
