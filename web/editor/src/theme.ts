// Looks of the text and its margins.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { ACCENT, ERROR, INK, LINE, MUTED, RAISED, SURFACE } from "./colours.ts";

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
  ".cm-gutter-lint": { width: "1.4em" },
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

export const theme: Extension = [frame, syntaxHighlighting(words)];
