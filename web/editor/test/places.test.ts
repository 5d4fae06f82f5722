import assert from "node:assert/strict";
import { test } from "node:test";
import { Text } from "@codemirror/state";
import { languageOf } from "../src/language.ts";
import { offsetOf, placeOf } from "../src/positions.ts";
import { replacement } from "../src/replacement.ts";

const text = (content: string) => Text.of(content.split("\n"));

test("columns count characters, not UTF-16 units", () => {
  const doc = text("a😀b\nc");
  assert.equal(offsetOf(doc, { line: 1, column: 1 }), 0);
  assert.equal(offsetOf(doc, { line: 1, column: 3 }), 3);
  assert.equal(offsetOf(doc, { line: 2, column: 1 }), 5);
});

test("an offset's place leads back to it", () => {
  const doc = text("a😀b\n\nc");
  assert.deepEqual(placeOf(doc, 3), { line: 1, column: 3 });
  assert.deepEqual(placeOf(doc, 5), { line: 2, column: 1 });
  for (const offset of [0, 1, 3, 4, 5, 6, 7]) assert.equal(offsetOf(doc, placeOf(doc, offset)), offset);
});

test("places outside of the text are moved into it", () => {
  const doc = text("ab\nc");
  assert.equal(offsetOf(doc, { line: 1, column: 99 }), 2);
  assert.equal(offsetOf(doc, { line: 99, column: 1 }), 3);
  assert.equal(offsetOf(doc, { line: 0, column: 0 }), 0);
});

test("a replacement leaves the common beginning and end alone", () => {
  assert.equal(replacement(text("same"), text("same")), null);
  const between = (before: string, after: string) => {
    const change = replacement(text(before), text(after)) as { from: number; to: number; insert: Text };
    return [change.from, change.to, change.insert.toString()];
  };
  assert.deepEqual(between("one\ntwo\nend", "one\n2\nend"), [4, 7, "2"]);
  assert.deepEqual(between("aa", "aaa"), [2, 2, "a"]);
  assert.deepEqual(between("aaa", "aa"), [2, 3, ""]);
  assert.deepEqual(between("", "x\ny"), [0, 0, "x\ny"]);
});

test("a file's name tells its language", () => {
  assert.equal(languageOf("flow.dag.yaml"), "yaml");
  assert.equal(languageOf("a.b/Prompt.JINJA2"), "jinja");
  assert.equal(languageOf("a.py/readme"), "text");
  assert.equal(languageOf("requirements.txt"), "text");
  assert.equal(languageOf(".py"), "python");
});
