// What a finding's fix does to the text, also when the text has moved since the check.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, forEachDiagnostic } from "@codemirror/lint";
import { EditorState, type TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { type Finding, fixOf, showFindings } from "../src/findings.ts";

const PIN: Finding = {
  code: "PinnedBasePackage",
  severity: "warning",
  message: "",
  line: 2,
  column: 11,
  endLine: 2,
  endColumn: 16,
  fix: { label: "Remove the version", line: 2, column: 11, endLine: 2, endColumn: 16, text: "" },
};

function fixed(edit: TransactionSpec): string {
  let state = EditorState.create({ doc: "flask\npromptflow==1.0\n" });
  state = state.update(showFindings(state, [PIN])).state;
  state = state.update(edit).state;
  const found: [Diagnostic, number, number][] = [];
  forEachDiagnostic(state, (diagnostic, from, to) => found.push([diagnostic, from, to]));
  const [diagnostic, from, to] = found[0]!;
  const view = {
    state,
    dispatch: (change: TransactionSpec) => (state = state.update(change).state),
    focus: () => undefined,
  } as unknown as EditorView;
  diagnostic.actions![0]!.apply(view, from, to);
  return state.doc.toString();
}

test("a fix replaces what it names", () => {
  assert.equal(fixed({}), "flask\npromptflow\n");
});

test("a fix follows its text", () => {
  assert.equal(fixed({ changes: { from: 0, insert: "# new\n" } }), "# new\nflask\npromptflow\n");
});

test("a fix leaves a text alone that is another by now", () => {
  assert.equal(fixed({ changes: { from: 18, to: 19, insert: "2" } }), "flask\npromptflow==2.0\n");
});

test("of two like findings the one that was meant is fixed, and one that is gone is not", () => {
  let state = EditorState.create({ doc: "flask\npromptflow==1.0\npromptflow==1.0\n" });
  const second = { ...PIN, line: 3, endLine: 3, fix: { ...PIN.fix!, line: 3, endLine: 3 } };
  state = state.update(showFindings(state, [PIN, second])).state;
  const view = {
    get state() {
      return state;
    },
    dispatch: (change: TransactionSpec) => (state = state.update(change).state),
    focus: () => undefined,
  } as unknown as EditorView;
  fixOf(state, second)!(view);
  assert.equal(state.doc.toString(), "flask\npromptflow==1.0\npromptflow\n");
  assert.equal(fixOf(state, { ...PIN, code: "Other" }), null);
});
