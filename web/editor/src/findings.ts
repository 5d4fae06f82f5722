// Findings of a check, shown in the margin and beneath the text.
import { type Action, type Diagnostic, forEachDiagnostic, setDiagnostics } from "@codemirror/lint";
import type { EditorState, Text, TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { offsetOf } from "./positions.ts";

/** As `flowdeck_flow::Finding` serialises it; the end is exclusive. */
export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning" | "hint";
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly fix?: Fix;
}

/** An edit that mends what a finding is about; places as in `Finding`. */
export interface Fix {
  readonly label: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

export function showFindings(state: EditorState, findings: readonly Finding[]): TransactionSpec {
  return setDiagnostics(
    state,
    findings.map((finding) => diagnostic(state, finding)),
  );
}

function diagnostic({ doc }: EditorState, finding: Finding): Diagnostic {
  const from = offsetOf(doc, finding);
  const to = offsetOf(doc, { line: finding.endLine, column: finding.endColumn });
  return {
    from,
    // An empty place still gets a character to underline, when its line has one.
    to: Math.max(to, Math.min(from + 1, doc.lineAt(from).to)),
    severity: finding.severity,
    source: finding.code,
    message: finding.message,
    ...(finding.fix && { actions: [action(doc, finding, finding.fix)] }),
  };
}

/** The fix of a finding, known by its code, message and the line it was found in; `null` when it is marked no more. */
export function fixOf(
  state: EditorState,
  finding: Pick<Finding, "code" | "message" | "line">,
): ((view: EditorView) => void) | null {
  let best: ((view: EditorView) => void) | null = null;
  let distance = Infinity;
  forEachDiagnostic(state, ({ source, message, actions }, from, to) => {
    const action = actions?.[0];
    if (action === undefined || source !== finding.code || message !== finding.message) return;
    // Two lines may have the same fault, and edits may have moved both.
    const away = Math.abs(state.doc.lineAt(from).number - finding.line);
    if (away < distance) {
      distance = away;
      best = (view) => action.apply(view, from, to);
    }
  });
  return best;
}

/** Replaces what the fix names, wherever it has moved since: its places are kept relative to the finding's. */
function action(doc: Text, finding: Finding, fix: Fix): Action {
  const found = offsetOf(doc, finding);
  const from = offsetOf(doc, fix) - found;
  const to = offsetOf(doc, { line: fix.endLine, column: fix.endColumn }) - found;
  const replaced = doc.sliceString(found + from, found + to);
  return {
    name: fix.label,
    apply(view, at) {
      // The text may have been edited since the check.
      if (view.state.sliceDoc(at + from, at + to) !== replaced) return;
      view.dispatch({ changes: { from: at + from, to: at + to, insert: fix.text }, userEvent: "input.fix" });
      view.focus();
    },
  };
}
