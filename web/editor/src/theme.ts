// Looks, by custom properties alone, so that light and dark follow the page: the app's tokens (style/tokens.css), and
// --editor-… for what only an editor has, which the app sets on the element around it.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const INK = "var(--text)";
const MUTED = "var(--text-muted)";
const SURFACE = "var(--surface)";
const RAISED = "var(--surface-raised)";
const LINE = "var(--border)";
const ACCENT = "var(--accent-fill)";
const ERROR = "var(--danger-text)";
const WARNING = "var(--warning-text)";

const frame = EditorView.theme({
  "&": { color: INK, backgroundColor: SURFACE, height: "100%", fontSize: "var(--text-small)" },
  // Drawn above the gutters and the active line, which an outline would lie beneath.
  "&.cm-focused": { outline: "none" },
  "&.cm-focused::after": {
    content: '""',
    position: "absolute",
    inset: "0",
    zIndex: "300",
    border: "2px solid var(--focus)",
    pointerEvents: "none",
  },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { caretColor: INK },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: INK },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--editor-selection)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--editor-active-line)" },
  ".cm-gutters": { backgroundColor: SURFACE, color: MUTED, borderRight: `1px solid ${LINE}` },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer" },
  ".cm-foldPlaceholder": { backgroundColor: RAISED, color: MUTED, border: `1px solid ${LINE}` },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--editor-match)",
    outline: `1px solid ${LINE}`,
  },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "transparent",
    color: ERROR,
  },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--editor-match)" },
  ".cm-searchMatch-selected": { outline: `2px solid ${ACCENT}`, backgroundColor: "var(--editor-match)" },
  ".cm-specialChar": { color: ERROR },
});

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

const words = HighlightStyle.define([
  { tag: [tags.comment, tags.meta], color: "var(--editor-comment)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], color: "var(--editor-keyword)" },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--editor-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--editor-number)" },
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName), tags.attributeName],
    color: "var(--editor-name)",
  },
  {
    tag: [tags.definition(tags.variableName), tags.function(tags.variableName), tags.className, tags.typeName],
    color: "var(--editor-definition)",
  },
  { tag: [tags.special(tags.variableName), tags.brace], color: "var(--editor-keyword)" },
  { tag: tags.heading, color: "var(--editor-name)", fontWeight: "bold" },
  { tag: tags.strong, fontWeight: "bold" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "var(--editor-string)", textDecoration: "underline" },
  { tag: tags.invalid, color: ERROR },
]);

export const theme: Extension = [frame, panels, findings, syntaxHighlighting(words)];
