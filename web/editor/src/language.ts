// Which language a file is in, by its name.
import { jinja } from "@codemirror/lang-jinja";
import { json } from "@codemirror/lang-json";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { python } from "@codemirror/lang-python";
import { yaml } from "@codemirror/lang-yaml";
import { type LanguageSupport, indentUnit } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

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

/** Highlighting and indentation; prose wraps, code does not. */
export function languageSupport(language: Language): Extension {
  switch (language) {
    case "yaml":
      return yaml();
    case "python":
      return [python(), indentUnit.of("    ")];
    case "jinja":
      return [jinja({ base: prose() }), EditorView.lineWrapping];
    case "json":
      return json();
    case "markdown":
      return [prose(), EditorView.lineWrapping];
    case "text":
      return EditorView.lineWrapping;
  }
}

/** Markdown; also what stands between the tags of a prompt, whose roles are headings. */
function prose(): LanguageSupport {
  return markdown({ base: markdownLanguage, completeHTMLTags: false });
}
