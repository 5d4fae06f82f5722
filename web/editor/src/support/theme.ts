// Looks of what the support shows.
import { EditorView } from "@codemirror/view";
import { INK, LINE, MUTED, RAISED } from "../colours.ts";

export const supportTheme = EditorView.theme({
  // A narrow page shows all of a row.
  ".cm-tooltip-autocomplete > ul": { maxWidth: "min(60ch, 90vw)" },
  ".cm-tooltip-autocomplete > ul > li": { display: "flex", gap: "2ch", justifyContent: "space-between" },
  ".cm-completionLabel": { overflow: "hidden", textOverflow: "ellipsis" },
  ".cm-completionDetail": { fontStyle: "normal", margin: "0", fontFamily: "var(--font)" },
  ".cm-completionInfo": { maxWidth: "min(48ch, 90vw)", fontFamily: "var(--font)" },
  ".cm-completionInfo p, .cm-meaning p": { margin: "0.25em 0" },
  ".cm-meaning": { maxWidth: "min(60ch, 90vw)", padding: "2px 8px", fontFamily: "var(--font)" },
  ".cm-ask": {
    width: "min(64ch, 100vw - 16px)",
    maxHeight: "80vh",
    margin: "8vh auto auto",
    padding: "8px",
    boxSizing: "border-box",
    background: RAISED,
    color: INK,
    border: `1px solid ${LINE}`,
    borderRadius: "4px",
    fontFamily: "var(--font)",
  },
  ".cm-ask .cm-textfield": { width: "100%", boxSizing: "border-box", minHeight: "32px", font: "inherit" },
  ".cm-ask .cm-textfield:focus-visible": { outline: "2px solid var(--focus)" },
  ".cm-ask ul": { listStyle: "none", margin: "8px 0 0", padding: "0", maxHeight: "50vh", overflow: "auto" },
  ".cm-ask li": {
    display: "flex",
    flexWrap: "wrap",
    justifyContent: "space-between",
    gap: "0 2ch",
    padding: "4px 8px",
    cursor: "pointer",
    overflowWrap: "anywhere",
  },
  ".cm-ask li[aria-selected]": { background: "Highlight", color: "HighlightText" },
  ".cm-ask li:not([aria-selected]) .cm-detail": { color: MUTED },
  ".cm-ask p": { margin: "8px 0 0", fontSize: "var(--text-small)" },
});
