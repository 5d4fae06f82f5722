// From a name to where it comes from (F12, Ctrl+click) and to where it's used (Shift+F12), across files.
import type { Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { placeOf } from "../positions.ts";
import { NO_ANSWER } from "./client.ts";
import type { Flow } from "./flow.ts";
import { tell } from "./hover.ts";
import { pick } from "./pick.ts";
import type { Location } from "./protocol.ts";

export function navigation(flow: Flow, path: string): Extension {
  const locations = async (view: EditorView, ask: "definition" | "references", at: number) => {
    const answer = await flow.client.ask(path, { ask, at: placeOf(view.state.doc, at) });
    if (answer === null) tell(view, NO_ANSWER);
    return answer?.answer === "locations" ? answer.locations : answer && [];
  };
  const goToDefinition = async (view: EditorView, at: number) => {
    const found = await locations(view, "definition", at);
    if (found === null) return;
    if (found.length > 1) choose(flow, view, "Go to definition", found);
    else if (found[0] !== undefined) flow.goTo(found[0].file, found[0].span.start);
    else tell(view, "There is no definition of what’s here.");
  };
  const findReferences = async (view: EditorView) => {
    const found = await locations(view, "references", view.state.selection.main.head);
    if (found === null) return;
    if (found.length > 0) choose(flow, view, "Go to reference", found);
    else tell(view, "There is no name of the flow here.");
  };
  return [
    // Ctrl goes to the definition, as in other editors; Alt adds a cursor.
    EditorView.clickAddsSelectionRange.of((event) => event.altKey),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) return false;
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (at === null) return false;
        event.preventDefault();
        view.dispatch({ selection: { anchor: at } });
        view.focus();
        void goToDefinition(view, at);
        return true;
      },
    }),
    keymap.of([
      {
        key: "F12",
        preventDefault: true,
        run: (view) => (void goToDefinition(view, view.state.selection.main.head), true),
        shift: (view) => (void findReferences(view), true),
      },
    ]),
  ];
}

/** Lets one choose among places, each with its line's text. */
function choose(flow: Flow, view: EditorView, title: string, found: readonly Location[]): void {
  const choices = found.map(({ file, span }) => {
    const text = flow.line(file, span.start.line);
    return {
      label: text ?? file,
      detail: `${file}, line ${span.start.line}`,
      run: () => flow.goTo(file, span.start),
    };
  });
  pick(view, title, choices);
}
