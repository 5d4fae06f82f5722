// A file's line endings as part of its editor state, so that they move with the text and come back with undo.
import { invertedEffects } from "@codemirror/commands";
import {
  type ChangeDesc,
  type EditorState,
  type Extension,
  MapMode,
  StateEffect,
  StateField,
  type Transaction,
} from "@codemirror/state";
import { type LineEndings, type UnusualBreak, save } from "./line-endings.ts";

/** Replaces a file's line endings; offsets count in the text after the transaction. */
export const setEndings = StateEffect.define<LineEndings>({
  map: (endings, changes) => ({ ...endings, unusual: move(endings.unusual, changes) }),
});

/** Brings back the unusual line breaks that an undone deletion had taken. */
const restore = StateEffect.define<readonly UnusualBreak[]>({ map: move });

const NONE: LineEndings = { mark: false, usual: "\n", unusual: [] };

const field = StateField.define<LineEndings>({
  create: () => NONE,
  update: (endings, transaction) => {
    let next = endings;
    if (transaction.docChanged && endings.unusual.length > 0) {
      next = { ...endings, unusual: move(endings.unusual, transaction.changes) };
    }
    for (const effect of transaction.effects) {
      if (effect.is(setEndings)) next = effect.value;
      if (effect.is(restore)) next = { ...next, unusual: merge(next.unusual, effect.value) };
    }
    return next;
  },
});

export function endingsOf(state: EditorState): LineEndings {
  return state.field(field);
}

/** The file's text with its own line ends: what is to be written to disk. */
export function fileText(state: EditorState): string {
  return save(state.doc.toString(), endingsOf(state));
}

export function endingsField(endings: LineEndings): Extension {
  return [field.init(() => endings), invertedEffects.of(whatUndoRestores)];
}

function whatUndoRestores(transaction: Transaction): readonly StateEffect<unknown>[] {
  const before = endingsOf(transaction.startState);
  if (transaction.effects.some((effect) => effect.is(setEndings))) {
    return [setEndings.of(before)];
  }
  const lost = before.unusual.filter(({ at }) => moved(at, transaction.changes) === null);
  return lost.length > 0 ? [restore.of(lost)] : [];
}

function move(breaks: readonly UnusualBreak[], changes: ChangeDesc): readonly UnusualBreak[] {
  return breaks.flatMap(({ at, lineBreak }) => {
    const now = moved(at, changes);
    return now === null ? [] : [{ at: now, lineBreak }];
  });
}

/** Where a line feed went; `null` when it was deleted. */
function moved(at: number, changes: ChangeDesc): number | null {
  return changes.mapPos(at, 1, MapMode.TrackAfter);
}

function merge(a: readonly UnusualBreak[], b: readonly UnusualBreak[]): readonly UnusualBreak[] {
  return [...a, ...b].sort((one, other) => one.at - other.at);
}
