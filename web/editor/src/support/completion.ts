// What may be written at the cursor, offered while one types and by Ctrl+Space.
import {
  type Completion as Option,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  autocompletion,
} from "@codemirror/autocomplete";
import type { Extension, Text } from "@codemirror/state";
import { offsetOf, placeOf } from "../positions.ts";
import type { Client } from "./client.ts";
import { rendered } from "./markdown.ts";
import type { Completion } from "./protocol.ts";

export function completion(client: Client, path: string): Extension {
  return autocompletion({
    override: [source(client, path)],
    icons: false,
    // What has been begun goes on: after a key, its value.
    activateOnCompletion: ({ apply }) => typeof apply === "string" && apply.endsWith(": "),
  });
}

function source(client: Client, path: string): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const { state, pos, explicit } = context;
    const { doc } = state;
    if (!explicit && !isBegun(doc, pos)) return null;
    const answer = await client.ask(path, { ask: "completions", at: placeOf(doc, pos) });
    if (context.aborted || answer?.answer !== "completions") return null;
    return offered(doc, pos, explicit, answer.items);
  };
}

/** Whether something is typed there: a word, or what comes before a value. */
function isBegun(doc: Text, at: number): boolean {
  const line = doc.lineAt(at);
  return /(\S|[:-] )$/.test(line.text.slice(0, at - line.from));
}

/** What is shown; nothing where what stands there is already one of the words, so that Enter ends the line. */
export function offered(
  doc: Text,
  at: number,
  explicit: boolean,
  items: readonly Completion[],
): CompletionResult | null {
  const span = items[0]?.edit.span;
  if (span === undefined) return null;
  const [from, to] = [offsetOf(doc, span.start), offsetOf(doc, span.end)];
  const isWhole = (word: string) => items.some(({ label, edit }) => label === word || edit.text === word);
  if (from > at || to < at || (!explicit && isWhole(doc.sliceString(from, at)))) return null;
  return {
    from,
    to,
    options: items.map(option),
    validFor: (word) => !/\s/.test(word) && !isWhole(word),
  };
}

function option({ label, detail, documentation, edit }: Completion, index: number): Option {
  return {
    label,
    detail,
    apply: edit.text,
    // Where what is typed fits several equally well, they stay in the order in which they were given.
    sortText: String(index).padStart(5, "0"),
    ...(documentation && { info: () => rendered(documentation) }),
  };
}
