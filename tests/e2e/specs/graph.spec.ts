// The flow as a graph.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addState } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('the graph is read and walked by keyboard, and its address can be shared', async ({ app, deck, page }) => {
  addState(deck.flows, 'run-calls');
  await deck.start();
  await app.open('run-calls');
  await page.getByRole('link', { name: 'Show graph' }).click();
  await expect(page).toHaveURL(/[?&]graph=/);
  const graph = page.getByRole('list', { name: 'Graph of the flow' });
  const vertex = (name: string) => graph.getByRole('button', { name: new RegExp(`^${name}`) });
  const selected = page.getByRole('region', { name: 'Selected in the graph' });
  await expect(graph.getByRole('button')).toHaveCount(5);
  await expect(vertex('answer')).toHaveAccessibleName(/From search: output as text. Goes to rate, Outputs./);
  await expectAccessible(page);
  await vertex('Inputs').focus();
  await page.keyboard.press('ArrowDown');
  await expect(vertex('search')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/graph=node\.search/);
  await expect(vertex('search')).toHaveAttribute('aria-current', 'true');
  await expect(selected.getByRole('heading', { name: 'search' })).toBeVisible();
  await expect(selected).toContainText('question as text');
  await selected.getByRole('link', { name: 'answer' }).click();
  await expect(vertex('answer')).toHaveAttribute('aria-current', 'true');
  await expectAccessible(page);
  await page.reload();
  await expect(vertex('answer')).toHaveAttribute('aria-current', 'true');
  await selected.getByRole('link', { name: /^Line \d+ of flow\.dag\.yaml$/ }).click();
  await expect(page.getByRole('textbox', { name: 'flow.dag.yaml' })).toBeVisible();
  await page.goBack();
  await page.getByRole('link', { name: 'Back to the flow' }).click();
  await expect(app.input('question')).toBeVisible();
});

test('it shows what became of each node, and is kept as a picture', async ({ app, deck, page }) => {
  addState(deck.flows, 'run-calls');
  await deck.start();
  await app.open('run-calls');
  await app.startSession();
  await page.getByRole('link', { name: 'Show graph' }).click();
  const graph = page.getByRole('list', { name: 'Graph of the flow' });
  await expect(graph).toBeVisible();
  await page.keyboard.press('Control+Enter');
  for (const name of ['search', 'answer', 'rate']) {
    await expect(graph.getByRole('button', { name: new RegExp(`^${name}`) })).toHaveAccessibleName(/Completed/);
  }
  await expectAccessible(page);
  const svg = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export SVG' }).click();
  expect((await svg).suggestedFilename()).toBe('run-calls.svg');
  expect(readFileSync(await (await svg).path(), 'utf8')).toMatch(/^<svg .*search.*Completed ·/s);
  const png = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export PNG' }).click();
  expect(readFileSync(await (await png).path()).subarray(1, 4).toString()).toBe('PNG');
});

test('300 nodes can be looked over, also on a narrow screen, and a definition without any says so', async ({ app, deck, page }) => {
  const nodes = Array.from({ length: 300 }, (_, at) => {
    const input = at === 0 ? 'inputs.text' : `n${Math.floor((at - 1) / 2)}.output`;
    return `- {name: n${at}, type: python, source: {type: code, path: work.py}, inputs: {text: "\${${input}}", all: "\${inputs.text}"}}\n`;
  });
  const yaml = (nodes: string[]) => `inputs: {text: {type: string, default: hello}}\noutputs: {}\nnodes:\n${nodes.join('')}`;
  const folder = addFlow(deck.flows, 'large', { 'flow.dag.yaml': yaml(nodes), 'work.py': 'x = 1\n' });
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('flows/large?graph=node.n299'));
  const graph = page.getByRole('list', { name: 'Graph of the flow' });
  await expect(graph.getByRole('button')).toHaveCount(301);
  await expect(graph.getByRole('button', { name: /^n299,/ })).toBeInViewport();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.getByRole('button', { name: 'Fit' }).click();
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(page.getByRole('region', { name: 'Selected in the graph' })).toContainText('n299');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expectAccessible(page);
  writeFileSync(path.join(folder, 'flow.dag.yaml'), 'nodes: [\n');
  await expect(page.getByText('Fix flow.dag.yaml to see the graph.')).toBeVisible();
});
