// What the thing under the pointer, or at the cursor, means.
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import {
  type Command,
  EditorView,
  type Tooltip,
  type TooltipView,
  hoverTooltip,
  keymap,
  showTooltip,
} from "@codemirror/view";
import { offsetOf, placeOf } from "../positions.ts";
import { type Client, NO_ANSWER } from "./client.ts";
import { plain, rendered } from "./markdown.ts";
import type { Hover } from "./protocol.ts";

/** Says something at the cursor, until the next key changes text or cursor; it's read out, too. */
export function tell(view: EditorView, text: string): void {
  const at = view.state.selection.main.head;
  const create = () => {
    const dom = document.createElement("div");
    dom.className = "cm-meaning";
    dom.textContent = text;
    return { dom };
  };
  view.dispatch({ effects: [SHOWN.of({ pos: at, above: true, create }), EditorView.announce.of(text)] });
}

export function hover(client: Client, path: string): Extension {
  /** What there is; why there is nothing where that isn't known. */
  const ask = async (view: EditorView, at: number): Promise<Hover | string | null> => {
    const { doc } = view.state;
    const answer = await client.ask(path, { ask: "hover", at: placeOf(doc, at) });
    if (answer === null) return NO_ANSWER;
    return answer.answer === "hover" && view.state.doc === doc ? answer.hover : null;
  };
  const atCursor: Command = (view) => {
    void ask(view, view.state.selection.main.head).then((found) => {
      if (found === null || typeof found === "string") {
        tell(view, found ?? "Nothing is known about what’s here.");
        return;
      }
      const shown = tooltip(view, found);
      view.dispatch({ effects: [SHOWN.of(shown), EditorView.announce.of(plain(found.markdown))] });
    });
    return true;
  };
  const hide: Command = (view) => {
    if (view.state.field(SHOWN_FIELD) === null) return false;
    view.dispatch({ effects: SHOWN.of(null) });
    return true;
  };
  return [
    hoverTooltip(async (view, at) => {
      const found = await ask(view, at);
      return typeof found === "string" ? null : found && tooltip(view, found);
    }),
    SHOWN_FIELD,
    keymap.of([
      { key: "Mod-k Mod-i", preventDefault: true, run: atCursor },
      { key: "Escape", run: hide },
    ]),
  ];
}

function tooltip(view: EditorView, { span, markdown }: Hover): Tooltip {
  const { doc } = view.state;
  return {
    pos: offsetOf(doc, span.start),
    end: offsetOf(doc, span.end),
    above: true,
    create: (): TooltipView => {
      const dom = rendered(markdown);
      dom.className = "cm-meaning";
      dom.setAttribute("role", "tooltip");
      return { dom };
    },
  };
}

const SHOWN = StateEffect.define<Tooltip | null>();

/** The one that a key has asked for: until the text or the cursor changes. */
const SHOWN_FIELD = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, { docChanged, selection, effects }) {
    let next = docChanged || selection !== undefined ? null : shown;
    for (const effect of effects) if (effect.is(SHOWN)) next = effect.value;
    return next;
  },
  provide: (field) => showTooltip.from(field),
});
