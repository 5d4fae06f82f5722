import assert from "node:assert/strict";
import { test } from "node:test";
import { load, save } from "../src/line-endings.ts";

/** Every text of up to `length` pieces. */
function* texts(pieces: readonly string[], length: number): Generator<string> {
  yield "";
  if (length === 0) return;
  for (const rest of texts(pieces, length - 1)) {
    for (const piece of pieces) yield piece + rest;
  }
}

test("whatever is loaded is saved byte for byte", () => {
  for (const file of texts(["a", "\n", "\r\n", "\r", "\uFEFF"], 6)) {
    const { text, endings } = load(file);
    assert.equal(save(text, endings), file, JSON.stringify(file));
    assert.ok(!text.includes("\r"), JSON.stringify(file));
  }
});

test("the most frequent line break is the usual one, and the first of equals", () => {
  const usual = (file: string) => load(file).endings.usual;
  assert.equal(usual("no break"), "\n");
  assert.equal(usual("a\nb\r\nc\r\n"), "\r\n");
  assert.equal(usual("a\r\nb\n"), "\r\n");
  assert.equal(usual("a\rb\rc\n"), "\r");
});
