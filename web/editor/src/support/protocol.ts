// What is asked of the worker and what it answers: `Request` and `Answer` of crates/language, as they serialise.
import type { Place } from "../positions.ts";

/** The end is exclusive. */
export interface Span {
  readonly start: Place;
  readonly end: Place;
}

export interface Edit {
  readonly span: Span;
  readonly text: string;
}

export interface Completion {
  readonly label: string;
  readonly kind: string;
  readonly detail: string;
  /** In Markdown. */
  readonly documentation: string;
  readonly edit: Edit;
}

export interface Hover {
  readonly span: Span;
  readonly markdown: string;
}

export interface Location {
  readonly file: string;
  readonly span: Span;
}

export interface FileEdits {
  readonly file: string;
  readonly edits: readonly Edit[];
}

export interface Symbol {
  readonly name: string;
  readonly kind: string;
  readonly detail: string;
  readonly nameSpan: Span;
}

export type Request =
  | { readonly ask: "completions" | "hover" | "definition" | "references" | "prepareRename"; readonly at: Place }
  | { readonly ask: "rename"; readonly at: Place; readonly to: string }
  | { readonly ask: "outline" | "format" };

export type Answer =
  | { readonly answer: "completions"; readonly items: readonly Completion[] }
  | { readonly answer: "hover"; readonly hover: Hover | null }
  | { readonly answer: "locations"; readonly locations: readonly Location[] }
  | { readonly answer: "renamable"; readonly span: Span; readonly name: string }
  | { readonly answer: "refused"; readonly why: string }
  | { readonly answer: "edits"; readonly files: readonly FileEdits[] }
  | { readonly answer: "outline"; readonly symbols: readonly Symbol[] };

/** To the worker. */
export type Told =
  /** The JSON of a `Workspace`, in the place of all that was known. */
  | { readonly know: string }
  /** A file's text; `null` forgets it. */
  | { readonly path: string; readonly text: string | null }
  | { readonly id: number; readonly file: string; readonly request: Request };

/** From the worker. */
export type Said =
  | { readonly id: number; readonly answer: Answer | null }
  /** It can't go on. */
  | { readonly failed: string };
