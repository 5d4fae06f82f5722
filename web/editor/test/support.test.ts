import assert from "node:assert/strict";
import { test } from "node:test";
import { Text } from "@codemirror/state";
import { Client, type Engine } from "../src/support/client.ts";
import { offered } from "../src/support/completion.ts";
import { plain } from "../src/support/markdown.ts";
import { matching } from "../src/support/pick.ts";
import type { Told } from "../src/support/protocol.ts";

/** A worker that keeps what it's told. */
class Heard implements Engine {
  readonly told: Told[] = [];
  onmessage: Engine["onmessage"] = null;
  onerror: Engine["onerror"] = null;
  isEnded = false;
  postMessage(told: Told): void {
    this.told.push(told);
  }
  terminate(): void {
    this.isEnded = true;
  }
  say(data: unknown): void {
    this.onmessage?.call(this as unknown as Worker, { data } as MessageEvent);
  }
}

function client(texts: Map<string, Text>) {
  const engines: Heard[] = [];
  const made = new Client(
    () => {
      const engine = new Heard();
      engines.push(engine);
      return engine;
    },
    () => texts,
  );
  return { made, engines };
}

const OUTLINE = { ask: "outline" } as const;

test("a worker is told what has changed since, and no more", async () => {
  const texts = new Map([["a", Text.of(["one"])]]);
  const { made, engines } = client(texts);
  made.know("{}");
  const first = made.ask("a", OUTLINE);
  const worker = engines[0]!;
  assert.deepEqual(worker.told, [{ know: "{}" }, { path: "a", text: "one" }, { id: 0, file: "a", request: OUTLINE }]);
  worker.say({ id: 0, answer: { answer: "outline", symbols: [] } });
  assert.deepEqual(await first, { answer: "outline", symbols: [] });

  worker.told.length = 0;
  void made.ask("a", OUTLINE);
  assert.equal(worker.told.length, 1);
  texts.set("a", Text.of(["two"]));
  texts.set("b", Text.of([""]));
  made.prepare();
  texts.delete("b");
  made.prepare();
  assert.deepEqual(worker.told.slice(1), [
    { path: "a", text: "two" },
    { path: "b", text: "" },
    { path: "b", text: null },
  ]);
  // What is known anew stands in the place of all that was.
  made.know("[]");
  worker.told.length = 0;
  made.prepare();
  assert.deepEqual(worker.told, [{ know: "[]" }, { path: "a", text: "two" }]);
});

test("a worker that fails is begun again, and not for ever", async () => {
  const { made, engines } = client(new Map());
  made.know("{}");
  for (let failures = 1; failures <= 3; failures += 1) {
    const asked = made.ask("a", OUTLINE);
    assert.equal(engines.length, failures);
    engines.at(-1)!.say({ failed: "out of memory" });
    assert.equal(await asked, null);
    assert.ok(engines.at(-1)!.isEnded);
  }
  assert.equal(await made.ask("a", OUTLINE), null);
  assert.equal(engines.length, 3);
});

test("a word that is whole already is offered by request alone, so that Enter ends the line", () => {
  const doc = Text.of(["type: string"]);
  const span = { start: { line: 1, column: 7 }, end: { line: 1, column: 13 } };
  const items = ["string", "int"].map((label) => ({
    label,
    kind: "word",
    detail: "",
    documentation: "",
    edit: { span, text: label },
  }));
  assert.equal(offered(doc, 12, false, items), null);
  const typed = offered(doc, 9, false, items);
  assert.deepEqual([typed?.from, typed?.to], [6, 12]);
  assert.equal(offered(doc, 12, true, items)?.options.length, 2);
});

test("Markdown is read out without its marks", () => {
  assert.equal(plain("`type` of an input\n\n*Read by promptflow*"), "type of an input\n\nRead by promptflow");
});

test("choices have every word that is typed, and those that begin with it come first", () => {
  const choices = ["fetch", "answer", "the answer"].map((label) => ({ label, detail: "node", run() {} }));
  const labels = (typed: string) => matching(choices, typed).map(({ label }) => label);
  assert.deepEqual(labels("answer"), ["answer", "the answer"]);
  assert.deepEqual(labels("node THE"), ["the answer"]);
  assert.deepEqual(labels(""), ["fetch", "answer", "the answer"]);
});
