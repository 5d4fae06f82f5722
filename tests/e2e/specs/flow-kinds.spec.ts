// Variants of a node, and flows that aren't DAGs.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const VARIANTS = `inputs: {}
outputs:
  said: {type: string, reference: '\${ask.output}'}
nodes:
- {name: ask, use_variants: true}
node_variants:
  ask:
    default_variant_id: first # for now
    variants:
      first: {node: {type: prompt, source: {type: code, path: a.jinja2}, inputs: {}}}
      second: {node: {type: prompt, source: {type: code, path: b.jinja2}, inputs: {}}}
      third: {node: {type: prompt, source: {type: code, path: b.jinja2}, inputs: {}}}
`;

test('variants run one by one or side by side, and another one becomes the default', async ({ app, deck, page }) => {
  const outputs = { ask: { output: 'of the first' }, 'ask.second': { output: 'of the second' }, 'ask.third': { output: 'of the third' } };
  const scenario = { nodes: outputs };
  const folder = addFlow(deck.flows, 'varied', {
    'flow.dag.yaml': VARIANTS,
    'a.jinja2': 'a',
    'b.jinja2': 'b',
    'fake.json': JSON.stringify(scenario),
  });
  const read = (): string => readFileSync(path.join(folder, 'flow.dag.yaml'), 'utf8');
  await deck.start();
  await app.open('varied');
  await app.startSession();
  const runs = page.getByRole('region', { name: 'Runs' });
  await test.step('a run of one has its name', async () => {
    await page.getByRole('button', { name: 'Run the flow with second of ask' }).click();
    await expect(runs.getByRole('link', { name: 'Run 1 (ask second)' })).toBeVisible();
    await expect(app.outputs).toContainText('of the second');
    await expectAccessible(page);
  });
  const back = page.getByRole('link', { name: 'Back to the flow' });
  await test.step('all run side by side', async () => {
    await page.getByRole('button', { name: 'Run all variants of ask' }).click();
    const group = page.getByRole('region', { name: 'Runs side by side, a column for each' });
    await expect(group.getByRole('row', { name: /^said/ }).getByRole('group')).toHaveText(['of the first', 'of the second', 'of the third']);
    await expect(group.getByRole('columnheader')).toHaveText(['Fact', 'Run 2 (ask first)', 'Run 3 (ask second)', 'Run 4 (ask third)']);
    await expect(page).toHaveURL(/[?&]compare=/);
    await expect(page.getByRole('region', { name: 'Outputs', exact: true })).toContainText('of the second');
    await expectAccessible(page);
    await page.reload();
    await expect(group.getByRole('row', { name: /^State/ })).toHaveText('StateCompletedCompletedCompleted');
    await page.getByLabel('Second run').selectOption({ label: 'Run 4 (ask third)' });
    await expect(page.getByRole('region', { name: 'Outputs', exact: true })).toContainText('of the third');
    await expect(group, 'the group stays').toContainText('of the second');
    await back.click();
  });
  await test.step('a card leads to the newest runs of its variants', async () => {
    await page.getByRole('link', { name: 'Compare with first' }).first().click();
    await expect(page.getByRole('region', { name: 'Outputs', exact: true })).toContainText('of the second');
    await back.click();
    await page.getByRole('link', { name: 'Compare all variants' }).click();
    await expect(page.getByRole('region', { name: 'Runs side by side, a column for each' })).toContainText('of the third');
    await back.click();
  });
  await test.step('the default one is chosen on its line, and put back', async () => {
    await page.getByRole('button', { name: 'Make second the default of ask' }).click();
    await expect.poll(read).toBe(VARIANTS.replace('default_variant_id: first', 'default_variant_id: second'));
    await expect(page.getByRole('button', { name: 'Make first the default of ask' })).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(read).toBe(VARIANTS);
  });
});

const PROMPTY = `---
name: Ask
model:
  configuration: {type: openai, model: small, api_key: none}
  parameters: {}
inputs:
  question: {type: string, default: why}
---
user:
{{question}}
`;

test('a prompty is listed with its inputs, and runs', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'prompts', { 'ask.prompty': PROMPTY, 'fake.json': JSON.stringify({ nodes: { entry: { output: 'because' } } }) });
  await deck.start();
  await app.signIn();
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Ask', exact: true }) });
  await expect(row.getByText('Prompty', { exact: true })).toBeVisible();
  await expectAccessible(page);
  await row.getByRole('link', { name: 'Ask', exact: true }).click();
  await expect(app.input('question')).toHaveValue('why');
  await app.startSession();
  await app.run();
  await expect(app.outputs).toContainText('because');
  await expectAccessible(page);
});

test('what is wrong with a prompty is said at its line, before a run and after one', async ({ app, deck, page }) => {
  const raised = { message: 'no answer', traceback: 'File "{folder}/ask.prompty", line 9, in ask\nValueError: no answer' };
  addFlow(deck.flows, 'prompts', {
    'ask.prompty': PROMPTY,
    'bare.prompty': 'user:\n{{question}}\n',
    'fake.json': JSON.stringify({ nodes: { entry: { raises: raised } } }),
  });
  await deck.start();
  await test.step('a file without settings', async () => {
    await app.open('prompts/bare.prompty');
    await expect(page.getByText('A prompty begins with YAML between two lines of')).toBeVisible();
    await expectAccessible(page);
  });
  await test.step('a run that raises', async () => {
    await app.open('prompts/ask.prompty');
    await app.startSession();
    await app.run('Failed');
    await expect(app.outputs).toContainText('no answer');
    await expectAccessible(page);
  });
});
