// The open files' states; knows no screen.
import { isolateHistory } from "@codemirror/commands";
import { Annotation, EditorState, type Extension, Text, Transaction, type TransactionSpec } from "@codemirror/state";
import { endingsField, endingsOf, fileText, setEndings } from "./endings-field.ts";
import { type LineEndings, load, sameEndings } from "./line-endings.ts";
import { replacement } from "./replacement.ts";

/** Marks what the app did, not the person. */
export const byApp = Annotation.define<true>();

/** What the text is compared with: what the disk holds. */
export interface Base {
  readonly doc: Text;
  readonly endings: LineEndings;
}

export interface OpenFile {
  state: EditorState;
  base: Base;
  /** Counts the changes of the text. */
  revision: number;
}

export function openFile(file: string, extensions: Extension): OpenFile {
  const { text, endings } = load(file);
  const state = EditorState.create({ doc: text, extensions: [endingsField(endings), extensions] });
  return { state, base: { doc: state.doc, endings }, revision: 0 };
}

export function isModified({ state, base }: OpenFile): boolean {
  return !(state.doc.eq(base.doc) && sameEndings(endingsOf(state), base.endings));
}

/** Says what the disk holds now. */
export function setBase(open: OpenFile, file: string): void {
  const { text, endings } = load(file);
  const doc = Text.of(text.split("\n"));
  // Comparing a text with itself is free, so an unmodified file shares it.
  open.base = { doc: doc.eq(open.state.doc) ? open.state.doc : doc, endings };
}

/** How the person gets at what was there before. */
export type Undo = "undoable" | "final";

/** Gives the file another text, keeping the cursor where it can; `null` when it has that text. */
export function replaceText({ state }: OpenFile, file: string, undo: Undo): TransactionSpec | null {
  const { text, endings } = load(file);
  const changes = replacement(state.doc, Text.of(text.split("\n")));
  if (changes === null && sameEndings(endings, endingsOf(state))) return null;
  const history = undo === "undoable" ? isolateHistory.of("full") : Transaction.addToHistory.of(false);
  return { changes: changes ?? [], effects: setEndings.of(endings), annotations: [byApp.of(true), history] };
}

export { fileText };
