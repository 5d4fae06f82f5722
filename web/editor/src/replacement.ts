// The least change that turns one text into another, so that cursor, scroll position and undo history survive a reload.
import type { ChangeSpec, Text } from "@codemirror/state";

/** One change between the common beginning and the common end; `null` when both are equal. */
export function replacement(before: Text, after: Text): ChangeSpec | null {
  if (before.eq(after)) return null;
  const old = before.toString();
  const text = after.toString();
  const shorter = Math.min(old.length, text.length);
  let start = 0;
  while (start < shorter && old[start] === text[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old[old.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  return { from: start, to: old.length - end, insert: after.slice(start, text.length - end) };
}
