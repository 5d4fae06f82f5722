// What few visits need: the languages besides YAML, and what is offered while one types. Loads when it is first needed.
import { jinja } from "@codemirror/lang-jinja";
import { json } from "@codemirror/lang-json";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { python } from "@codemirror/lang-python";
import { type LanguageSupport, indentUnit } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import type { Language } from "./language.ts";
import { type PackageSource, packageCompletion } from "./packages.ts";
// What both need comes with the tools, which each file gets: fewer chunks.
import "./tools.ts";

/** What a file in `language` at `path` has besides what every file has. */
export function more(language: Language, path: string, packages: PackageSource): Extension {
  switch (language) {
    case "python":
      return [python(), indentUnit.of("    ")];
    case "jinja":
      return jinja({ base: prose() });
    case "json":
      return json();
    case "markdown":
      return prose();
    case "text":
      return packageCompletion(path, packages);
    case "yaml":
      return [];
  }
}

/** Markdown; also what stands between the tags of a prompt, whose roles are headings. */
function prose(): LanguageSupport {
  return markdown({ base: markdownLanguage, completeHTMLTags: false });
}
