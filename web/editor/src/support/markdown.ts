// The Markdown that the language engine writes: paragraphs with code spans and emphasis. Shown as nodes, never as HTML.

const PIECES = /`([^`]*)`|\*([^*]+)\*/g;

/** The nodes of a text. */
export function rendered(markdown: string): HTMLElement {
  const all = document.createElement("div");
  for (const paragraph of markdown.split("\n\n")) {
    const element = document.createElement("p");
    let from = 0;
    for (const found of paragraph.matchAll(PIECES)) {
      const [whole, code, emphasis] = found;
      element.append(paragraph.slice(from, found.index));
      const piece = document.createElement(code === undefined ? "em" : "code");
      piece.textContent = code ?? emphasis ?? "";
      element.append(piece);
      from = found.index + whole.length;
    }
    element.append(paragraph.slice(from));
    all.append(element);
  }
  return all;
}

/** The same without marks, to be read out. */
export function plain(markdown: string): string {
  return markdown.replace(PIECES, (_, code: string | undefined, emphasis: string | undefined) => code ?? emphasis ?? "");
}
