// Fixes of what is marked in the line of the cursor, by Ctrl+.
import { type Action, forEachDiagnostic } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import { tell } from "./hover.ts";
import { type Choice, pick } from "./pick.ts";

export const fixes: Extension = keymap.of([{ key: "Mod-.", preventDefault: true, run: (view) => (offer(view), true) }]);

function offer(view: EditorView): void {
  const { doc, selection } = view.state;
  const line = doc.lineAt(selection.main.head);
  const choices: Choice[] = [];
  forEachDiagnostic(view.state, ({ actions, message }, from, to) => {
    if (to < line.from || from > line.to) return;
    const choice = (action: Action) => ({
      label: action.name,
      detail: message,
      run: () => action.apply(view, from, to),
    });
    choices.push(...(actions ?? []).map(choice));
  });
  if (choices.length > 0) pick(view, "Fix", choices);
  else tell(view, "There is no fix for this line.");
}
