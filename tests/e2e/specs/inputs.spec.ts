// What is entered: kept, named, checked, and what a node alone is given of others.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addState, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const FLOW = `display_name: Entries
inputs:
  name: {type: string, default: Ada}
  tags: {type: list, default: []}
outputs:
  answer: {type: string, reference: '\${work.output}'}
nodes:
- {name: work, type: python, source: {type: code, path: work.py}, inputs: {text: '\${inputs.name}'}}
`;

test('a list says where it stops being JSON, and what was entered is there after a reload and in another tab', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'entries', fakeFlow({}, { 'flow.dag.yaml': FLOW }));
  await deck.start();
  await app.open('entries');
  await app.input('tags').fill('["a",\n "b"');
  await expect(page.getByText('Line 2, column 4: the list has no ] at its end.')).toBeVisible();
  await app.input('tags').fill('["a", "b"]');
  await expect(page.getByText('Line 2')).toHaveCount(0);
  await app.input('name').fill('Grace');
  await page.reload();
  await expect(app.input('name')).toHaveValue('Grace');
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByLabel(/^name/)).toHaveValue('Grace');
  await expect(other.getByLabel(/^tags/)).toHaveValue('["a", "b"]');
});

test('inputs are saved by name in the flow folder, and never over what was not seen', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'entries', fakeFlow({}, { 'flow.dag.yaml': FLOW }));
  const saved = path.join(folder, 'inputs', 'two names.jsonl');
  await deck.start();
  await app.open('entries');
  const inputs = page.getByRole('region', { name: 'Inputs' });
  await app.input('name').fill('Grace');
  await inputs.getByText('Saved inputs').click();
  await inputs.getByLabel('Name', { exact: true }).fill('two names');
  await inputs.getByRole('button', { name: 'Save inputs' }).click();
  await expect(inputs.getByRole('button', { name: 'Use two names' })).toBeVisible();
  expect(JSON.parse(readFileSync(saved, 'utf8'))).toEqual({ name: 'Grace', tags: [] });
  await expectAccessible(page);

  await app.input('name').fill('Linus');
  await inputs.getByRole('button', { name: 'Save inputs' }).click();
  await expect(inputs.getByRole('alert')).toContainText('exists already');
  expect(readFileSync(saved, 'utf8')).toContain('Grace');
  await inputs.getByRole('button', { name: 'Use two names' }).click();
  await expect(app.input('name')).toHaveValue('Grace');
  await app.input('name').fill('Linus');
  await inputs.getByRole('button', { name: 'Save inputs' }).click();
  await inputs.getByRole('button', { name: 'Replace it' }).click();
  await expect(inputs.getByRole('alert')).toHaveCount(0);
  await expect.poll(() => readFileSync(saved, 'utf8')).toContain('Linus');
  await inputs.getByRole('button', { name: 'Delete two names' }).click();
  await expect(inputs.getByText('No inputs are saved yet.')).toBeVisible();
});

test('a node alone shows what it is given of others, takes another value, and says what it used', async ({ app, deck, page }) => {
  addState(deck.flows, 'run-slow');
  await deck.start();
  await app.open('run-slow');
  await app.startSession();
  await app.run();
  const node = app.node('think');
  await node.getByText('Input, output and log').click();
  const field = node.getByLabel('Output of fetch');
  await expect(field).toHaveValue('fetch');
  await expect(node).toContainText('From run 1.');
  await expectAccessible(page);
  await field.fill('another text');
  await node.getByRole('button', { name: 'Run with these outputs' }).click();
  await expect(app.runs.getByRole('listitem')).toHaveCount(2);
  await app.expectRun('Completed');
  const used = await app.runTab('Inputs');
  await expect(used).toContainText('Output of fetch, entered');
  await expect(used).toContainText('another text');
  await expect(field).toHaveValue('another text');
});
