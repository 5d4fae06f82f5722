// Names and versions of packages, offered while they are typed into a requirements file.
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  autocompletion,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";

/**
 * What can stand in a requirements file at `path`: names of packages where `name` is empty, else the versions of that
 * package, newest first. Nothing in another file.
 */
export type PackageSource = (path: string, name: string) => Promise<readonly string[]>;

/** What is being typed. */
export interface Typed {
  /** Whose version it is; empty where it is a name. */
  readonly name: string;
  /** The beginning of it. */
  readonly word: string;
}

const NAME = /^\s*([a-z0-9][a-z0-9._-]*)?$/i;
const OPERATOR = "(?:===|==|~=|!=|<=|>=|<|>)";
const VERSION = new RegExp(
  String.raw`^\s*([a-z0-9][a-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:${OPERATOR}\s*[^\s,;#=<>!~]+\s*,\s*)*${OPERATOR}\s*([^\s,;#=<>!~]*)$`,
  "i",
);

/** Reads a line up to the cursor; `null` where neither a name nor a version is typed. */
export function typedIn(line: string): Typed | null {
  const name = NAME.exec(line);
  if (name !== null) return { name: "", word: name[1] ?? "" };
  const version = VERSION.exec(line);
  return version === null ? null : { name: version[1]!, word: version[2]! };
}

/** Of more than these the first are offered. */
const MOST = 100;

/** Those that begin as what is typed, in their order. */
export function offered(all: readonly string[], { name, word }: Typed): Completion[] {
  // Names are compared as package indexes do.
  const normal = (text: string) => (name === "" ? text.toLowerCase().replace(/[-_.]+/g, "-") : text);
  const start = normal(word);
  const fitting = all.filter((one) => normal(one).startsWith(start)).slice(0, MOST);
  return fitting.map((label) => ({ label }));
}

/** Offers packages in the file at `path`. */
export function packageCompletion(path: string, source: PackageSource): Extension {
  const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const line = context.state.doc.lineAt(context.pos);
    const typed = typedIn(line.text.slice(0, context.pos - line.from));
    if (typed === null || (typed.name === "" && typed.word === "" && !context.explicit)) return null;
    const options = offered(await source(path, typed.name), typed);
    return options.length === 0 ? null : { from: context.pos - typed.word.length, options, filter: false };
  };
  return autocompletion({ override: [complete], icons: false });
}
