// One view, many files: each file keeps its own state (text, undo history, findings, scroll position).
import { isolateHistory } from "@codemirror/commands";
import { type ChangeSpec, Compartment, EditorSelection, type StateEffect, type TransactionSpec } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import {
  type OpenFile,
  type Undo,
  byApp,
  fileText,
  isModified,
  openFile,
  replaceText,
  setBase,
} from "./files.ts";
import type { Finding } from "./findings.ts";
import { type Language, basics, languageOf, later } from "./language.ts";
import { type Tools, insist, loadTools } from "./loading.ts";
import type { PackageSource } from "./packages.ts";
import { offsetOf, placeOf } from "./positions.ts";
import { EMPTY_MARGIN, setup, styleNonce } from "./setup.ts";
import type { Support } from "./support/start.ts";

/** What the app gets told, and is asked for. */
export interface Listener {
  /** The person changed a file's text. */
  changed(path: string, modified: boolean): void;
  /** The person asked to save the file that is shown. */
  save(): void;
  /** Which packages to offer. */
  packages: PackageSource;
  /** The cursor is at another place, or another file is shown; line and column count from 1. */
  moved(path: string, line: number, column: number): void;
}

interface Tab extends OpenFile {
  readonly language: Language;
  scroll: StateEffect<unknown> | null;
  /** Findings of a revision that came before the tools which mark them. */
  unmarked: { readonly revision: number; readonly findings: string } | null;
}

/** Where a file has its tools. */
const TOOLS = new Compartment();

/** Where it has what answers questions about the flow. */
const SUPPORT = new Compartment();

export class Editor {
  readonly #view: EditorView;
  readonly #tabs = new Map<string, Tab>();
  #shown: string | null = null;
  #tools: Tools | null = null;
  #areToolsAsked = false;
  #support: Support | null = null;

  constructor(
    host: HTMLElement,
    private readonly describedBy: string,
    private readonly listener: Listener,
  ) {
    this.#view = new EditorView({ parent: host, extensions: styleNonce() });
  }

  /** Opens a file without showing it. `label` is what it's called, `text` what the editor holds, `base` what the disk does. */
  open(path: string, label: string, text: string, base: string): void {
    const language = languageOf(path);
    const more = new Compartment();
    const extensions = [
      setup({ label, describedBy: this.describedBy }, () => this.listener.save(), [
        TOOLS.of(this.#tools?.tools(language) ?? EMPTY_MARGIN),
      ]),
      basics(language),
      more.of([]),
      SUPPORT.of(this.#support?.extension(path, language) ?? []),
      EditorView.updateListener.of((update) => {
        this.#tab(path).state = update.state;
        if (update.selectionSet || update.docChanged) this.#moved(path);
        if (update.docChanged) this.#counted(path, update.transactions.every((one) => one.annotation(byApp)));
      }),
    ];
    const tab = { ...openFile(text, extensions), language, scroll: null, unmarked: null };
    setBase(tab, base);
    this.#tabs.set(path, tab);
    void later(language, path, this.listener.packages).then((extension) => {
      // It may have been closed meanwhile.
      if (extension !== null && this.#tabs.get(path) === tab) {
        this.#dispatch(path, { effects: more.reconfigure(extension) });
      }
    });
  }

  /** Shows an open file, as it was left. */
  show(path: string): void {
    if (this.#shown === path) return;
    this.#leave();
    const { state, scroll } = this.#tab(path);
    this.#shown = path;
    this.#view.setState(state);
    if (scroll !== null) this.#view.dispatch({ effects: scroll });
    this.#moved(path);
    void this.#addTools();
  }

  /** Forgets a file. */
  close(path: string): void {
    this.#tabs.delete(path);
    if (this.#shown === path) this.#shown = null;
  }

  /** The file's text, with the line ends it has on disk. */
  text(path: string): string {
    return fileText(this.#tab(path).state);
  }

  revision(path: string): number {
    return this.#tab(path).revision;
  }

  isModified(path: string): boolean {
    return isModified(this.#tab(path));
  }

  /** Says what the disk holds now. */
  setBase(path: string, text: string): void {
    setBase(this.#tab(path), text);
  }

  /** Gives the file another text, keeping the cursor where it can. */
  replace(path: string, text: string, undo: Undo): void {
    const change = replaceText(this.#tab(path), text, undo);
    if (change !== null) this.#dispatch(path, change);
  }

  /** Marks findings, given as a JSON array of `Finding`; those of an older text (another revision) are dropped. */
  mark(path: string, revision: number, findings: string): void {
    const tab = this.#tab(path);
    if (tab.revision !== revision) return;
    if (this.#tools === null) {
      tab.unmarked = { revision, findings };
      return;
    }
    this.#dispatch(path, this.#tools.showFindings(tab.state, JSON.parse(findings) as Finding[]));
  }

  /** Shows a line (from 1) of an open file, puts the cursor there and takes the focus. */
  goTo(path: string, line: number, column: number): void {
    this.show(path);
    const at = offsetOf(this.#view.state.doc, { line, column });
    this.#view.dispatch({
      selection: EditorSelection.cursor(at),
      effects: EditorView.scrollIntoView(at, { y: "center" }),
    });
    this.focus();
  }

  /** Does what the fix of a marked finding says, wherever the finding has moved since it was marked. */
  fix(path: string, code: string, message: string, line: number): void {
    this.show(path);
    this.#tools?.fixOf(this.#view.state, { code, message, line })?.(this.#view);
  }

  focus(): void {
    this.#view.focus();
  }

  /** Call before the host leaves the page: a detached element forgets how far it was scrolled. */
  suspend(): void {
    this.#leave();
    this.#shown = null;
  }

  /**
   * What answers questions about the flow, which loads when this is first called; `null` when it can't be loaded now. `open`
   * opens a file of the flow, and shows it or not.
   */
  async support(open: (path: string, isShown: boolean) => void): Promise<Support | null> {
    const code = await insist(() => import("./support/start.ts"));
    if (this.#support !== null || code === null) return this.#support;
    const host = {
      view: this.#view,
      states: () => new Map(Array.from(this.#tabs, ([path, { state }]) => [path, state])),
      shown: () => this.#shown,
      change: (path: string, changes: ChangeSpec) =>
        this.#dispatch(path, { changes, annotations: isolateHistory.of("full") }),
    };
    const support = code.start(host, open);
    this.#support = support;
    for (const [path, { language }] of this.#tabs) {
      this.#dispatch(path, { effects: SUPPORT.reconfigure(support.extension(path, language)) });
    }
    return support;
  }

  destroy(): void {
    this.#support?.stop();
    this.#view.destroy();
    this.#tabs.clear();
  }

  /** Gives every file its tools once they are here; asks for them unless that is done. */
  async #addTools(): Promise<void> {
    if (this.#areToolsAsked) return;
    this.#areToolsAsked = true;
    const tools = await loadTools();
    // The next file that is shown asks again.
    this.#areToolsAsked = tools !== null;
    if (tools === null) return;
    this.#tools = tools;
    for (const [path, { language, unmarked }] of this.#tabs) {
      this.#dispatch(path, { effects: TOOLS.reconfigure(tools.tools(language)) });
      if (unmarked !== null) this.mark(path, unmarked.revision, unmarked.findings);
    }
  }

  #moved(path: string): void {
    if (this.#shown !== path) return;
    const { doc, selection } = this.#tab(path).state;
    const { line, column } = placeOf(doc, selection.main.head);
    this.listener.moved(path, line, column);
  }

  #leave(): void {
    const tab = this.#shown === null ? undefined : this.#tabs.get(this.#shown);
    if (tab !== undefined) tab.scroll = this.#view.scrollSnapshot();
  }

  #dispatch(path: string, change: TransactionSpec): void {
    if (this.#shown === path) {
      this.#view.dispatch(change);
      return;
    }
    const tab = this.#tab(path);
    const made = tab.state.update(change);
    tab.state = made.state;
    if (made.docChanged) this.#counted(path, made.annotation(byApp) === true);
  }

  #counted(path: string, quiet: boolean): void {
    const tab = this.#tab(path);
    tab.revision += 1;
    if (!quiet) this.listener.changed(path, isModified(tab));
  }

  #tab(path: string): Tab {
    const tab = this.#tabs.get(path);
    if (tab === undefined) throw new Error(`${path} is not open in the editor`);
    return tab;
  }
}
