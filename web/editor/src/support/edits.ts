// Changes that the engine has worked out: renames, and tidying.
import type { Extension, Text } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import type { Language } from "../language.ts";
import { offsetOf, placeOf } from "../positions.ts";
import { NO_ANSWER } from "./client.ts";
import { ask } from "./dialog.ts";
import type { Flow } from "./flow.ts";
import { tell } from "./hover.ts";
import type { Answer, FileEdits, Request } from "./protocol.ts";

export function edits(flow: Flow, path: string, language: Language): Extension {
  const renaming = { key: "F2", preventDefault: true, run: (view: EditorView) => (void rename(flow, path, view), true) };
  const tidying = {
    key: "Shift-Alt-f",
    preventDefault: true,
    run: (view: EditorView) => (void format(flow, path, view), true),
  };
  // The engine tidies YAML alone.
  return keymap.of(language === "yaml" ? [renaming, tidying] : [renaming]);
}

async function format(flow: Flow, path: string, view: EditorView): Promise<void> {
  const done = await carriedOut(flow, path, { ask: "format" });
  tell(view, done.why ?? (done.files === 0 ? "It’s tidy already." : "Formatted."));
}

async function rename(flow: Flow, path: string, view: EditorView): Promise<void> {
  const at = placeOf(view.state.doc, view.state.selection.main.head);
  const answer = await flow.client.ask(path, { ask: "prepareRename", at });
  const name = answer?.answer === "renamable" ? answer.name : null;
  if (name === null) {
    refuse(view, answer);
    return;
  }
  ask(view, `New name of ${name}`, (dialog, field) => {
    field.value = name;
    const why = document.createElement("p");
    why.setAttribute("role", "alert");
    why.id = "rename-refused";
    field.setAttribute("aria-describedby", why.id);
    dialog.append(why);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      const to = field.value.trim();
      if (to === name || to === "") {
        dialog.close();
        return;
      }
      void carriedOut(flow, path, { ask: "rename", at, to }).then((done) => {
        if (done.why !== null) {
          why.textContent = done.why;
          return;
        }
        dialog.addEventListener("close", () => tell(view, said(name, to, done.files)), { once: true });
        dialog.close();
      });
    });
  });
}

const said = (from: string, to: string, files: number) =>
  `Renamed ${from} to ${to} in ${files === 1 ? "1 file" : `${files} files`}. Save each file to keep it.`;

/** Shows why nothing can be renamed there. */
function refuse(view: EditorView, answer: Answer | null): void {
  tell(view, answer?.answer === "refused" ? answer.why : NO_ANSWER);
}

interface Done {
  /** How many files were changed. */
  readonly files: number;
  /** Why none was. */
  readonly why: string | null;
}

/** Asks for edits and makes them, in each file as one step that can be undone. Files that aren't open are opened first, so that
 * nothing is changed that one can't see, and each is saved as any edit is. */
async function carriedOut(flow: Flow, path: string, request: Request): Promise<Done> {
  for (;;) {
    const before = texts(flow);
    const answer = await flow.client.ask(path, request);
    if (answer?.answer === "refused") return { files: 0, why: answer.why };
    if (answer?.answer !== "edits") return { files: 0, why: NO_ANSWER };
    const closed = answer.files.filter(({ file }) => !flow.host.states().has(file));
    for (const { file } of closed) {
      if (!(await flow.opened(file))) return { files: 0, why: `${file} can’t be opened, so nothing was changed.` };
    }
    // What was opened may have unsaved edits of an earlier visit.
    if (closed.length > 0) continue;
    const now = texts(flow);
    if (answer.files.some(({ file }) => now.get(file) !== before.get(file))) continue;
    for (const file of answer.files) make(flow, file);
    return { files: answer.files.length, why: null };
  }
}

function texts(flow: Flow): Map<string, Text> {
  return new Map(Array.from(flow.host.states(), ([path, { doc }]): [string, Text] => [path, doc]));
}

function make(flow: Flow, { file, edits }: FileEdits): void {
  const doc = flow.host.states().get(file)?.doc;
  if (doc === undefined) return;
  const changes = edits.map(({ span, text }) => ({
    from: offsetOf(doc, span.start),
    to: offsetOf(doc, span.end),
    insert: text,
  }));
  flow.host.change(file, changes);
}
