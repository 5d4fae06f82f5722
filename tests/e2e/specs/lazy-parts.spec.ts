// What most visits do not need loads when it is first shown, and a load that fails can be tried again.

import { addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const PART = /\/part-[^/]+\.wasm$/;

test.beforeEach(async ({ deck }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
});

test('the flow page loads neither the editor nor what raw file mode is made of', async ({ app, page }) => {
  await app.open('greeting');
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.reload();
  await expect(page.getByRole('heading', { level: 2, name: 'Nodes' })).toBeVisible();
  expect(loaded.filter((path) => /\/(editor-|part-[^/]*raw)/.test(path))).toEqual([]);
  expect(loaded.some((path) => path.endsWith('.wasm'))).toBe(true);
});

test('a part that cannot be loaded says so, and loads when it is asked for again', async ({ app, page }) => {
  await app.open('greeting');
  await page.route(PART, (route) => route.abort());
  await page.getByRole('switch', { name: 'Raw file mode' }).click();
  const failure = page.getByRole('alert').filter({ hasText: 'Couldn’t load raw file mode' });
  await expect(failure).toBeVisible();
  await page.unroute(PART);
  await failure.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('textbox', { name: 'flow.dag.yaml' })).toBeVisible();
  await expect(failure).toBeHidden();
});
