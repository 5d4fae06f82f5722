// Stands in for @codemirror/lang-html, which Jinja and Markdown support build upon and which brings parsers for HTML, CSS
// and JavaScript: a quarter of the bundle. A flow's prompts are prose, so HTML in them is plain text here.
import { Language, LanguageSupport, defineLanguageFacet } from "@codemirror/language";
import { NodeType, Parser, type PartialParse, Tree } from "@lezer/common";

const TOP = NodeType.define({ id: 0, name: "Text", top: true });

/** Finishes at once, with a tree of nothing but its top. */
class PlainTextParser extends Parser {
  override createParse(
    _input: unknown,
    _fragments: unknown,
    ranges: readonly { from: number; to: number }[],
  ): PartialParse {
    const from = ranges[0]?.from ?? 0;
    const to = ranges.at(-1)?.to ?? from;
    return { parsedPos: to, stoppedAt: null, stopAt() {}, advance: () => new Tree(TOP, [], [], to - from) };
  }
}

const plainText = new LanguageSupport(new Language(defineLanguageFacet(), new PlainTextParser(), [], "html"));

export function html(): LanguageSupport {
  return plainText;
}

export function htmlCompletionSource(): null {
  return null;
}
