// Between places (lines and columns from 1, columns in Unicode scalar values) and offsets in the editor's text.
import type { Text } from "@codemirror/state";

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The offset of a place; what lies outside of the text is moved to its nearest line or to the line's end. */
export function offsetOf(text: Text, { line, column }: Place): number {
  const within = text.line(Math.min(Math.max(line, 1), text.lines));
  return within.from + unitsOf(within.text, Math.max(column, 1) - 1);
}

/** The place of an offset. */
export function placeOf(text: Text, offset: number): Place {
  const line = text.lineAt(offset);
  return { line: line.number, column: [...line.text.slice(0, offset - line.from)].length + 1 };
}

/** The length in UTF-16 units of the first `scalars` characters. */
function unitsOf(line: string, scalars: number): number {
  let units = 0;
  for (let left = scalars; left > 0 && units < line.length; left -= 1) {
    units += (line.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}
