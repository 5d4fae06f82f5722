// Findings of a check, shown in the margin and beneath the text.
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import type { EditorState, TransactionSpec } from "@codemirror/state";
import { offsetOf } from "./positions.ts";

/** As `flowdeck_flow::Finding` serialises it; the end is exclusive. */
export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
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
  };
}
