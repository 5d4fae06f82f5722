// Asks the worker: it is told what has changed since it was last asked, and begun again when it has failed.
import type { Text } from "@codemirror/state";
import type { Answer, Request, Said, Told } from "./protocol.ts";

/** What a client needs of a worker. */
export type Engine = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

/** Said where there is no answer: that isn't known to be nothing. */
export const NO_ANSWER = "The language engine doesn’t answer. Try again in a moment.";

/** So often in a row it may fail before it isn't begun any more. */
const MOST_FAILURES = 3;

export class Client {
  #worker: Engine | null = null;
  #failures = 0;
  #workspace: string | null = null;
  #isWorkspaceTold = false;
  readonly #told = new Map<string, Text>();
  readonly #asked = new Map<number, (answer: Answer | null) => void>();
  #next = 0;

  /** @param texts the texts of the files that are open */
  constructor(
    private readonly begin: () => Engine,
    private readonly texts: () => ReadonlyMap<string, Text>,
  ) {}

  /** Takes what is known besides the texts of open files: the JSON of a `Workspace`. */
  know(workspace: string): void {
    this.#workspace = workspace;
    this.#isWorkspaceTold = false;
  }

  /** Asks about a file; `null` where there is no answer, now or at all. */
  ask(file: string, request: Request): Promise<Answer | null> {
    if (this.#failures >= MOST_FAILURES) return Promise.resolve(null);
    this.prepare();
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.#tell({ id, file, request });
    });
  }

  /** Begins the worker and tells it what it doesn't know yet, so that the next answer comes sooner. */
  prepare(): void {
    if (this.#failures >= MOST_FAILURES) return;
    if (this.#worker === null) {
      this.#worker = this.begin();
      this.#worker.onmessage = ({ data }: MessageEvent<Said>) => this.#hear(data);
      this.#worker.onerror = () => this.#fail();
    }
    if (!this.#isWorkspaceTold && this.#workspace !== null) {
      this.#tell({ know: this.#workspace });
      this.#isWorkspaceTold = true;
      this.#told.clear();
    }
    const texts = this.texts();
    for (const path of this.#told.keys()) {
      if (texts.has(path)) continue;
      this.#tell({ path, text: null });
      this.#told.delete(path);
    }
    for (const [path, text] of texts) {
      if (this.#told.get(path) === text) continue;
      this.#tell({ path, text: text.toString() });
      this.#told.set(path, text);
    }
  }

  /** Ends the worker; what is still asked has no answer. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#isWorkspaceTold = false;
    this.#told.clear();
    for (const resolve of this.#asked.values()) resolve(null);
    this.#asked.clear();
  }

  #tell(told: Told): void {
    this.#worker?.postMessage(told);
  }

  #hear(said: Said): void {
    if ("failed" in said) {
      this.#fail();
      return;
    }
    this.#failures = 0;
    this.#asked.get(said.id)?.(said.answer);
    this.#asked.delete(said.id);
  }

  #fail(): void {
    this.#failures += 1;
    this.stop();
  }
}
