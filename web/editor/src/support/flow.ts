// The flow's files, as the support's parts see them: those in the editor, and the others by the app.
import type { ChangeSpec, EditorState } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";
import { type Place, offsetOf } from "../positions.ts";
import type { Client } from "./client.ts";

/** The editor. */
export interface Host {
  readonly view: EditorView;
  /** The open files. */
  states(): Map<string, EditorState>;
  /** The file that is shown. */
  shown(): string | null;
  /** Changes an open file, whether it's shown or not, in one step that can be undone. */
  change(path: string, changes: ChangeSpec): void;
}

/** Has the app open a file of the flow in a tab, and show it or leave what is shown. */
export type Open = (path: string, isShown: boolean) => void;

/** In milliseconds: a file that isn't open by then can't be opened. */
const PATIENCE = 10_000;

export class Flow {
  /** Where the cursor goes in files that are about to be shown. */
  readonly #goals = new Map<string, Place>();
  readonly #waiting = new Map<string, (isOpen: boolean) => void>();

  constructor(
    readonly client: Client,
    readonly host: Host,
    private readonly open: Open,
  ) {}

  /** Shows a place of a file and puts the cursor there. */
  goTo(path: string, place: Place): void {
    if (this.host.shown() === path) {
      this.#arrive(place);
      return;
    }
    this.#goals.set(path, place);
    this.open(path, true);
  }

  /** Opens a file behind the one that is shown; says whether it's open then. */
  async opened(path: string): Promise<boolean> {
    if (this.host.states().has(path)) return true;
    const isOpen = new Promise<boolean>((resolve) => {
      this.#waiting.set(path, resolve);
      setTimeout(() => resolve(false), PATIENCE);
    });
    this.open(path, false);
    return isOpen;
  }

  /** The text of a line (from 1) of an open file. */
  line(path: string, number: number): string | null {
    const doc = this.host.states().get(path)?.doc;
    return doc === undefined || number > doc.lines ? null : doc.line(number).text.trim();
  }

  /** What each file has, so that it's known when it is opened and shown. */
  extension(path: string) {
    const waiting = this.#waiting.get(path);
    this.#waiting.delete(path);
    // It's open as soon as the editor has what this is a part of.
    if (waiting !== undefined) queueMicrotask(() => waiting(true));
    const arrived = () => {
      const goal = this.#goals.get(path);
      this.#goals.delete(path);
      // The view isn't made yet.
      if (goal !== undefined) requestAnimationFrame(() => this.host.shown() === path && this.#arrive(goal));
    };
    return ViewPlugin.define(() => {
      arrived();
      return {};
    });
  }

  #arrive(place: Place): void {
    const { view } = this.host;
    const at = offsetOf(view.state.doc, place);
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    view.focus();
  }
}
