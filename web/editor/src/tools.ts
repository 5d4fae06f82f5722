// What comes right after the text is shown: search, the margin of findings, and YAML, which the definition of a flow is in.
import { yaml } from "@codemirror/lang-yaml";
import { lintGutter, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import type { Language } from "./language.ts";
import { toolsTheme } from "./tools-theme.ts";

export { fixOf, showFindings } from "./findings.ts";

/** What a file in `language` has; takes the place of `EMPTY_MARGIN`. */
export function tools(language: Language): Extension {
  return [EVERYWHERE, language === "yaml" ? yaml() : []];
}

const EVERYWHERE: Extension = [
  highlightSelectionMatches(),
  search({ top: true }),
  lintGutter(),
  toolsTheme,
  keymap.of([{ key: "F8", run: nextDiagnostic, shift: previousDiagnostic }, ...searchKeymap]),
];
