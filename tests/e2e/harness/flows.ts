// Flow folders for tests.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { samples, states } from './places.ts';

/** Copies one of the repository's samples. */
export function addSample(flows: string, name: string): string {
  const folder = path.join(flows, name);
  cpSync(path.join(samples, name), folder, { recursive: true });
  return folder;
}

/** Copies one of the flows that come to a state on the fake engine. */
export function addState(flows: string, name: string): string {
  const folder = path.join(flows, name);
  cpSync(path.join(states, name), folder, { recursive: true });
  return folder;
}

/** Writes a flow folder. */
export function addFlow(flows: string, name: string, files: Record<string, string | Buffer>): string {
  const folder = path.join(flows, name);
  for (const [file, content] of Object.entries(files)) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return folder;
}

/** Replaces text in a file, which must hold it. */
export function edited(file: string, from: string, to: string): string {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  return text.replace(from, to);
}

/** A flow of one Python node; `body` is what its function does and returns. */
export function pythonFlow(body: string, extra: Record<string, string> = {}): Record<string, string> {
  const indented = body.trim().replaceAll('\n', '\n    ');
  return {
    'flow.dag.yaml': `display_name: One node
inputs:
  text:
    type: string
    default: hello
outputs:
  result:
    type: string
    reference: \${work.output}
nodes:
- name: work
  type: python
  source:
    type: code
    path: work.py
  inputs:
    text: \${inputs.text}
`,
    'work.py': `import time
from pathlib import Path

from promptflow.core import tool


@tool
def work(text: str) -> str:
    ${indented}
`,
    ...extra,
  };
}

/** How a step of a session passes on the fake engine. */
interface Phase {
  wait?: { seconds?: number; file?: string };
  prints?: string[];
  failsAsPrinted?: boolean;
}

/** What a flow tells the fake engine to do; CONTRIBUTING.md has all of it. */
export interface Scenario {
  install?: Phase;
  startInstall?: Phase;
  dryRun?: Phase;
  startRuntime?: Phase;
  nodes?: Record<string, { wait?: Phase['wait']; prints?: string[]; output?: unknown; calls?: unknown[]; raises?: { message: string }; endsRuntime?: boolean }>;
}

/** A flow of one node, `work`, that does on the fake engine what the scenario says. */
export function fakeFlow(scenario: Scenario = {}, extra: Record<string, string> = {}): Record<string, string> {
  return { ...pythonFlow('return text'), 'fake.json': JSON.stringify(scenario), ...extra };
}

/** An install that finds no package of the name `tiny-nowhere`. */
export const FINDS_NOTHING: Phase = {
  prints: [
    '  × No solution found when resolving dependencies:',
    '  ╰─▶ Because tiny-nowhere was not found in the package registry and you require',
    '      tiny-nowhere, we can conclude that your requirements are unsatisfiable.',
  ],
  failsAsPrinted: true,
};

/** `WAITING` for the fake engine. */
export const WAITS: Scenario = { nodes: { work: { prints: ['waiting for go'], wait: { file: 'go' }, output: 'HELLO' } } };

/** A node that says that it waits, and waits until a file named `go` stands in the flow folder. */
export const WAITING = `print("waiting for go")
while not Path("go").exists():
    time.sleep(0.05)
return text.upper()`;
