// Every state of the product, on the engine that is made of nothing: what the flows of tests/states come to.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addState } from '../harness/flows.ts';
import { states } from '../harness/places.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

for (const [name, phase, cause] of [
  ['start-fails-allocate', 'Allocate', 'Permission denied'],
  ['start-fails-environment', 'Create environment', 'the disk is full'],
  ['start-fails-install', 'Install', 'tiny-nowhere'],
  ['start-fails-check', 'Check', 'within 60 seconds'],
] as const) {
  test(`${name} names its cause`, async ({ app, deck }) => {
    addState(deck.flows, name);
    await deck.start();
    await app.open(name);
    await app.startButton.click();
    await expect(app.session).toContainText(cause);
    await expect(app.session, phase).toContainText(/failed/i);
  });
}

test('a run that fails names the node; a session that ends under a run says so', async ({ app, deck }) => {
  addState(deck.flows, 'run-fails');
  addState(deck.flows, 'run-ends-session');
  await deck.start();
  await app.open('run-fails');
  await app.startSession();
  await app.run('Failed');
  await expect(app.node('think')).toContainText('Failed');
  await expect(app.outputs).toContainText('can\'t think of hello');
  await app.open('run-ends-session');
  await app.startSession();
  await app.beginRun();
  await app.expectRun('Interrupted');
  await expect(app.startButton).toBeVisible();
});

test('each of several values with pictures shows its own, and values have other forms', async ({ app, deck, page }) => {
  addState(deck.flows, 'run-outputs');
  await deck.start();
  await app.open('run-outputs');
  await app.startSession();
  await app.run();
  const source = (name: string): Promise<string | null> => app.outputs.getByRole('img', { name, exact: true }).getAttribute('src');
  const values = JSON.parse(readFileSync(path.join(states, 'run-outputs', 'fake.json'), 'utf8')).nodes;
  const key = 'data:image/png;base64';
  expect(await source('image')).toBe(`data:image/png;base64,${values.image.output[key]}`);
  expect(await source('captioned')).toBe(`data:image/png;base64,${values.captioned.output[1][key]}`);
  await expect(app.outputs.getByText('A blue picture')).toBeVisible();
  await expect(page.getByRole('img', { name: 'image', exact: true })).toHaveCount(1);

  await app.outputs.getByLabel('Show markup as').selectOption('Markdown');
  await expect(app.outputs.getByRole('heading', { name: 'A heading' })).toBeVisible();
  await app.outputs.getByLabel('Show nested as').selectOption('Tree');
  await app.outputs.getByText('2 items').click();
  await app.outputs.getByText('2 members').nth(1).click();
  await expect(app.outputs.getByRole('button', { name: 'Copy path answers[0].text' })).toBeVisible();
  await app.outputs.getByLabel('Show rows as').selectOption('JSON');
  await app.outputs.getByLabel('Show rows as').selectOption('Table');
  await expect(app.outputs.getByRole('columnheader', { name: 'place' })).toBeVisible();
  await expectAccessible(page);
});
