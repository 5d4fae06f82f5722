// Which language a file is in, by its name.
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { PackageSource } from "./packages.ts";

export type Language = "yaml" | "python" | "jinja" | "json" | "markdown" | "text";

const BY_ENDING: ReadonlyMap<string, Language> = new Map([
  ["yaml", "yaml"],
  ["yml", "yaml"],
  ["py", "python"],
  ["jinja2", "jinja"],
  ["jinja", "jinja"],
  ["j2", "jinja"],
  ["json", "json"],
  ["jsonl", "json"],
  ["ipynb", "json"],
  ["md", "markdown"],
  ["markdown", "markdown"],
  ["prompty", "markdown"],
]);

export function languageOf(path: string): Language {
  const ending = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  return (ending !== undefined && BY_ENDING.get(ending)) || "text";
}

/** What a file has at once. Prose wraps, code does not. */
export function basics(language: Language): Extension {
  switch (language) {
    case "yaml":
    case "python":
    case "json":
      return [];
    case "jinja":
    case "markdown":
    case "text":
      return EditorView.lineWrapping;
  }
}

/** What it has as soon as that is loaded; `null` where there is no more, or where it cannot be loaded now. */
export async function later(language: Language, path: string, packages: PackageSource): Promise<Extension | null> {
  // YAML comes with the tools.
  if (language === "yaml") return null;
  try {
    const { more } = await import("./more.ts");
    return more(language, path, packages);
  } catch {
    // The file can be edited all the same; the next one that is opened asks again.
    return null;
  }
}
