// Looks of what comes right after the text: panels, tooltips and findings.
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { ERROR, INK, LINE, MUTED, RAISED, SURFACE, WARNING } from "./colours.ts";

const panels = EditorView.theme({
  ".cm-panels": { backgroundColor: RAISED, color: INK, fontFamily: "inherit" },
  ".cm-panels-top": { borderBottom: `1px solid ${LINE}` },
  ".cm-panel.cm-search": { padding: "6px 32px 6px 8px", fontSize: "var(--text-small)" },
  ".cm-panel.cm-search :is(label, input, button)": { fontSize: "inherit" },
  ".cm-panel button": { minHeight: "24px", minWidth: "24px" },
  ".cm-panel.cm-search [name=close], .cm-dialog-close": { color: INK, fontSize: "18px" },
  ".cm-textfield": {
    backgroundColor: SURFACE,
    color: INK,
    border: `1px solid ${LINE}`,
    borderRadius: "4px",
    padding: "2px 6px",
  },
  ".cm-button": {
    background: SURFACE,
    color: INK,
    border: `1px solid ${LINE}`,
    borderRadius: "4px",
    padding: "2px 8px",
  },
  ".cm-panel :focus-visible": { outline: "2px solid var(--focus)", outlineOffset: "1px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "Highlight", color: "HighlightText" },
  ".cm-tooltip": { backgroundColor: RAISED, color: INK, border: `1px solid ${LINE}`, borderRadius: "4px" },
});

// CodeMirror's own marks are images in data: addresses, which a strict Content-Security-Policy refuses.
const findings = EditorView.theme({
  ".cm-lintRange": { backgroundImage: "none", paddingBottom: "0" },
  ".cm-lintRange-error": { textDecoration: `underline wavy ${ERROR}` },
  ".cm-lintRange-warning": { textDecoration: `underline wavy ${WARNING}` },
  ".cm-lint-marker": { width: "10px", height: "10px", margin: "0.35em auto 0" },
  ".cm-lint-marker-error": { content: "normal", backgroundColor: ERROR, borderRadius: "50%" },
  ".cm-lint-marker-warning": {
    content: "normal",
    backgroundColor: WARNING,
    clipPath: "polygon(50% 0, 100% 100%, 0 100%)",
  },
  ".cm-diagnostic": { padding: "4px 8px", maxWidth: "60ch", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeft: `4px solid ${ERROR}` },
  ".cm-diagnostic-warning": { borderLeft: `4px solid ${WARNING}` },
  ".cm-diagnosticAction": {
    display: "block",
    minHeight: "24px",
    margin: "4px 0 0",
    padding: "2px 8px",
    backgroundColor: SURFACE,
    color: INK,
    border: `1px solid ${LINE}`,
    borderRadius: "4px",
  },
  ".cm-diagnosticSource": { fontSize: "90%", opacity: "1", color: MUTED },
});

export const toolsTheme: Extension = [panels, findings];
