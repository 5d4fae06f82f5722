// What is wrong with flow.dag.yaml shows at its line as one types.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { addFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const CASES = {
  'a cycle': {
    code: 'NodeCircularDependency',
    line: 11,
    yaml: `nodes:
- name: a
  type: python
  source: {type: code, path: a.py}
  inputs:
    x: \${b.output}
- name: b
  type: python
  source: {type: code, path: a.py}
  inputs:
    x: \${a.output}
`,
  },
  'a reference to nothing': {
    code: 'NodeReferenceNotFound',
    line: 6,
    yaml: `nodes:
- name: a
  type: python
  source: {type: code, path: a.py}
  inputs:
    x: \${nowhere.output}
`,
  },
  'two nodes of one name': {
    code: 'DuplicateNodeName',
    line: 5,
    yaml: `nodes:
- name: twin
  type: python
  source: {type: code, path: a.py}
- name: twin
  type: python
  source: {type: code, path: a.py}
`,
  },
  'an output without a source': {
    code: 'EmptyOutputReference',
    line: 2,
    yaml: `outputs:
  result:
    type: string
nodes:
- name: a
  type: python
  source: {type: code, path: a.py}
`,
  },
  'YAML that cannot be read': {
    code: '',
    line: 3,
    yaml: 'inputs: {}\nnodes: [\n',
  },
};

/** A tool that takes everything, so that nothing else is found. */
const TOOL = 'from promptflow.core import tool\n\n\n@tool\ndef a(**given):\n    return given\n';

for (const [name, { code, line, yaml }] of Object.entries(CASES)) {
  test(name, async ({ app, deck }) => {
    addFlow(deck.flows, 'typed', { 'flow.dag.yaml': 'nodes: []\n', 'a.py': TOOL });
    await deck.start();
    await app.edit('typed', 'flow.dag.yaml');
    await expect(app.findingMarks).toHaveCount(0);
    await app.write('flow.dag.yaml', yaml);
    await expect(app.findingMarks.first()).toBeVisible();
    await app.findingMarks.first().hover();
    await expect(app.findingTooltip).toContainText(code);
    expect(await app.markedLines()).toContain(line);
    await expect(app.problems).toContainText(`${code} · line ${line}`);
    // The tooltip stays as long as the pointer is on it, and may lie over the text.
    await app.problems.hover();
    await app.write('flow.dag.yaml', 'nodes: []\n');
    await expect(app.findingMarks).toHaveCount(0);
  });
}

test('a finding about a file that is missing goes when another program adds the file', async ({ app, deck }) => {
  const yaml = 'nodes:\n- name: a\n  type: python\n  source: {type: code, path: late.py}\n';
  const folder = addFlow(deck.flows, 'late', { 'flow.dag.yaml': yaml });
  await deck.start();
  await app.edit('late', 'flow.dag.yaml');
  await expect(app.problems).toContainText("no file 'late.py'");
  writeFileSync(path.join(folder, 'late.py'), 'from promptflow.core import tool\n\n@tool\ndef a():\n    return 1\n');
  await expect(app.file('late.py')).toBeVisible();
  await expect(app.problems).not.toContainText("no file 'late.py'");
});
