// What every file's editor state has, whatever its language.
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentWithTab,
} from "@codemirror/commands";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
} from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import {
  EditorView,
  crosshairCursor,
  drawSelection,
  dropCursor,
  gutter,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";
import { theme } from "./theme.ts";

/** The margin of findings before the tools are here, as wide as with them: nothing moves when they come. */
export const EMPTY_MARGIN: Extension = gutter({ class: "cm-gutter-lint" });

/** What text needs to be shown and edited; `tools` holds the margin of findings, and what loads after the text is shown. */
const basics = (tools: Extension): Extension => [
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightActiveLine(),
  highlightSpecialChars(),
  history(),
  foldGutter({ openText: "▾", closedText: "▸" }),
  drawSelection(),
  dropCursor(),
  EditorState.allowMultipleSelections.of(true),
  rectangularSelection(),
  crosshairCursor(),
  indentOnInput(),
  bracketMatching(),
  tools,
  theme,
  keymap.of([
    ...historyKeymap,
    ...foldKeymap,
    // Runs the flow, wherever on the page one is.
    ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
    // CodeMirror lets Tab leave the editor after Escape; `describedBy` says so.
    indentWithTab,
  ]),
];

export interface Naming {
  /** The accessible name of the text box. */
  readonly label: string;
  /** The id of an element that describes it. */
  readonly describedBy: string;
}

// A text that comes at once, as from a dictation or a text expander. Left to the browser it would be put in with inline
// styles, which the page's Content-Security-Policy refuses.
const inOnePiece = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const text = event.data;
    if (event.inputType !== "insertText" || event.isComposing || text === null || text.length < 2) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

/** Lets CodeMirror's style sheet pass a strict Content-Security-Policy. */
export function styleNonce(): Extension {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  return nonce ? EditorView.cspNonce.of(nonce) : [];
}

export function setup({ label, describedBy }: Naming, onSave: () => void, tools: Extension): Extension {
  return [
    basics(tools),
    inOnePiece,
    styleNonce(),
    keymap.of([{ key: "Mod-s", preventDefault: true, run: () => (onSave(), true) }]),
    // What can be scrolled is reached by Tab: the text, whose scroller cannot be.
    EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy, tabindex: "0" }),
  ];
}
