// Bundles each test as the product is bundled, and runs them with Node.js's own test runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const tests = (await readdir("test")).filter((name) => name.endsWith(".test.ts"));
const folder = await mkdtemp(join(tmpdir(), "flowdeck-editor-"));
try {
  await build({
    entryPoints: tests.map((name) => join("test", name)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    alias: { "@codemirror/lang-html": "./src/no-html.ts" },
    logLevel: "warning",
  });
  const files = tests.map((name) => join(folder, name.replace(/\.ts$/, ".mjs")));
  const { status } = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  await rm(folder, { recursive: true });
}
