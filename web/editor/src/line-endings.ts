// A text as the editor holds it (line feeds only) and what it takes to give it back byte for byte.

export type LineBreak = "\n" | "\r\n" | "\r";

/** A line break that differs from the file's usual one. */
export interface UnusualBreak {
  /** Offset of its line feed in the editor's text. */
  readonly at: number;
  readonly lineBreak: LineBreak;
}

export interface LineEndings {
  /** Whether the file starts with a byte order mark. */
  readonly mark: boolean;
  /** Used most often in the file; new lines get it. */
  readonly usual: LineBreak;
  /** Ordered by `at`. */
  readonly unusual: readonly UnusualBreak[];
}

export interface LoadedText {
  /** Only line feeds, no byte order mark. */
  readonly text: string;
  readonly endings: LineEndings;
}

const MARK = "\uFEFF";
const BREAKS = /\r\n|\r|\n/g;

/** Takes a file's text apart. */
export function load(file: string): LoadedText {
  const mark = file.startsWith(MARK);
  const body = mark ? file.slice(MARK.length) : file;
  if (!body.includes("\r")) {
    return { text: body, endings: { mark, usual: "\n", unusual: [] } };
  }
  const breaks = findBreaks(body);
  const usual = mostFrequent(breaks);
  const unusual = breaks.filter(({ lineBreak }) => lineBreak !== usual);
  return { text: body.replace(BREAKS, "\n"), endings: { mark, usual, unusual } };
}

/** Puts a file's text together again: the inverse of `load`. */
export function save(text: string, { mark, usual, unusual }: LineEndings): string {
  const parts = mark ? [MARK] : [];
  let done = 0;
  for (const { at, lineBreak } of unusual) {
    parts.push(withBreaks(text.slice(done, at), usual), lineBreak);
    done = at + 1;
  }
  parts.push(withBreaks(text.slice(done), usual));
  return parts.join("");
}

export function sameEndings(a: LineEndings, b: LineEndings): boolean {
  return (
    a === b ||
    (a.mark === b.mark &&
      a.usual === b.usual &&
      a.unusual.length === b.unusual.length &&
      a.unusual.every((one, i) => {
        const other = b.unusual[i];
        return other !== undefined && one.at === other.at && one.lineBreak === other.lineBreak;
      }))
  );
}

function findBreaks(body: string): UnusualBreak[] {
  const breaks: UnusualBreak[] = [];
  let shortened = 0;
  for (const match of body.matchAll(BREAKS)) {
    const lineBreak = match[0] as LineBreak;
    breaks.push({ at: match.index - shortened, lineBreak });
    shortened += lineBreak.length - 1;
  }
  return breaks;
}

/** The most frequent one; of equals, the one that comes first. */
function mostFrequent(breaks: readonly UnusualBreak[]): LineBreak {
  const counts = new Map<LineBreak, number>();
  for (const { lineBreak } of breaks) {
    counts.set(lineBreak, (counts.get(lineBreak) ?? 0) + 1);
  }
  let best: LineBreak = "\n";
  let most = 0;
  for (const [lineBreak, count] of counts) {
    if (count > most) [best, most] = [lineBreak, count];
  }
  return best;
}

function withBreaks(text: string, lineBreak: LineBreak): string {
  return lineBreak === "\n" ? text : text.replaceAll("\n", lineBreak);
}
