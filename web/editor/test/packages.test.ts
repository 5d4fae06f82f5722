// What is offered while a requirement is typed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { offered, typedIn } from "../src/packages.ts";

test("a name is typed at the beginning of a line", () => {
  assert.deepEqual(typedIn("req"), { name: "", word: "req" });
  assert.deepEqual(typedIn("  Foo_b"), { name: "", word: "Foo_b" });
  assert.deepEqual(typedIn(""), { name: "", word: "" });
});

test("a version is typed after a comparison", () => {
  for (const [line, name, word] of [
    ["flask==", "flask", ""],
    ["flask[async] >= 2.", "flask", "2."],
    ["a.b~=1", "a.b", "1"],
    ["flask>=2,<3,!=2.", "flask", "2."],
    ["x===1.0+local", "x", "1.0+local"],
  ]) {
    assert.deepEqual(typedIn(line!), { name, word }, line);
  }
});

test("nothing is offered elsewhere", () => {
  for (const line of ["# req", "-r oth", "--index-url http", "flask ; python_v", "flask==1 ", "./pkg", "a b", "http://h/x"]) {
    assert.equal(typedIn(line), null, line);
  }
});

test("a long line is read soon", () => {
  const began = Date.now();
  typedIn(`x${">=1,".repeat(20_000)}!`);
  typedIn("a-".repeat(50_000) + "!");
  assert.ok(Date.now() - began < 1000);
});

test("names are compared as indexes do, versions as they stand, and the order stays", () => {
  const labels = (all: string[], name: string, word: string) => offered(all, { name, word }).map(({ label }) => label);
  assert.deepEqual(labels(["azure-core", "azure-cosmos", "flask"], "", "Azure_co"), ["azure-core", "azure-cosmos"]);
  assert.deepEqual(labels(["2.10", "2.9", "1.0"], "x", "2."), ["2.10", "2.9"]);
  assert.equal(labels(Array.from({ length: 500 }, (_, at) => `a${at}`), "", "a").length, 100);
});
