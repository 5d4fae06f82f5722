import assert from "node:assert/strict";
import { test } from "node:test";
import { history, redo, undo } from "@codemirror/commands";
import type { ChangeSpec, Transaction } from "@codemirror/state";
import { type OpenFile, fileText, isModified, openFile, replaceText, setBase } from "../src/files.ts";

const open = (text: string) => openFile(text, history());

function edit(file: OpenFile, changes: ChangeSpec): void {
  file.state = file.state.update({ changes, userEvent: "input" }).state;
}

function run(file: OpenFile, command: typeof undo): void {
  command({
    state: file.state,
    dispatch: (transaction: Transaction) => {
      file.state = transaction.state;
    },
  });
}

function replace(file: OpenFile, text: string, how: "undoable" | "final"): void {
  const change = replaceText(file, text, how);
  if (change !== null) file.state = file.state.update(change).state;
}

test("an edited line gets the usual line break, the others keep theirs", () => {
  const file = open("one\r\ntwo\nthree\r\n");
  edit(file, { from: 3, insert: "\nnew" });
  assert.equal(fileText(file.state), "one\r\nnew\r\ntwo\nthree\r\n");
  edit(file, { from: 0, insert: "\n\n" });
  assert.equal(fileText(file.state), "\r\n\r\none\r\nnew\r\ntwo\nthree\r\n");
});

test("a missing final newline stays missing", () => {
  const file = open("a\r\nb");
  edit(file, { from: 3, insert: "c" });
  assert.equal(fileText(file.state), "a\r\nbc");
});

test("undo brings back the line breaks it had deleted, byte for byte", () => {
  const original = "a\r\nb\nc\r\nd\n";
  const file = open(original);
  edit(file, { from: 0, to: 7, insert: "x" });
  assert.equal(fileText(file.state), "x\n");
  assert.ok(isModified(file));
  run(file, undo);
  assert.equal(fileText(file.state), original);
  assert.ok(!isModified(file));
  run(file, redo);
  assert.equal(fileText(file.state), "x\n");
  run(file, undo);
  assert.equal(fileText(file.state), original);
});

test("a file is modified until its text and line breaks are those on disk", () => {
  const file = open("a\nb\n");
  edit(file, { from: 0, insert: "x" });
  assert.ok(isModified(file));
  setBase(file, "xa\nb\n");
  assert.ok(!isModified(file));
  setBase(file, "xa\r\nb\r\n");
  assert.ok(isModified(file));
});

test("a text from disk replaces the old one and cannot be undone", () => {
  const file = open("a\nb\n");
  edit(file, { from: 0, insert: "x" });
  replace(file, "xa\nb\nc\n", "final");
  run(file, undo);
  assert.equal(fileText(file.state), "a\nb\nc\n");
});

test("a chosen text replaces one's own, line breaks included, and can be undone", () => {
  const file = open("a\r\nb\r\n");
  edit(file, { from: 0, insert: "mine " });
  replace(file, "a\nb\n", "undoable");
  assert.equal(fileText(file.state), "a\nb\n");
  run(file, undo);
  assert.equal(fileText(file.state), "mine a\r\nb\r\n");
});

test("a change of nothing but line breaks is a change", () => {
  const file = open("a\nb\n");
  replace(file, "a\r\nb\r\n", "final");
  assert.equal(fileText(file.state), "a\r\nb\r\n");
  assert.equal(replaceText(file, "a\r\nb\r\n", "final"), null);
});
