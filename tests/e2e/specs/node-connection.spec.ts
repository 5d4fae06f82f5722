// A node's connection and model chosen on its card, and what the list of flows says of connections.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample } from '../harness/flows.ts';
import { llmFlow, ModelServer } from '../harness/models.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const KEY = 'sk-canary-0123456789';

const openAi = (url: string): object => ({ type: 'OpenAI', configs: { base_url: url }, secrets: { api_key: KEY } });

test('a connection and a model are chosen on a node’s card, and only their lines change', async ({ app, deck, page }) => {
  const models = await ModelServer.start(KEY);
  try {
    const commented = llmFlow('not_there');
    commented['flow.dag.yaml'] = commented['flow.dag.yaml']!.replace('connection: not_there', "connection: 'not_there' # ours");
    const file = path.join(addFlow(deck.flows, 'asker', commented), 'flow.dag.yaml');
    const read = (): string => readFileSync(file, 'utf8');
    const before = read();
    await deck.start();
    await deck.api.addConnection('open', openAi(models.url));
    await deck.api.addConnection('azure', { type: 'AzureOpenAI', configs: { api_base: 'https://r.example' }, secrets: { api_key: KEY } });
    await deck.api.addConnection('search', { type: 'Serp', secrets: { api_key: KEY } });
    await app.open('asker');
    const connection = page.getByRole('combobox', { name: 'Connection of ask' });
    await test.step('those that fit can be chosen', async () => {
      await expect(connection).toHaveValue('not_there');
      const options = connection.getByRole('option');
      await expect(options).toHaveText(['not_there (doesn’t exist)', 'azure (Azure OpenAI)', 'open (OpenAI)']);
      await expectAccessible(page);
    });
    const chosen = before.replace("'not_there'", "'open'");
    await test.step('a choice is saved, and a run no longer lacks anything', async () => {
      await connection.selectOption('open');
      await expect.poll(read).toBe(chosen);
      await expect(page.getByRole('button', { name: 'Add connection not_there' })).toBeHidden();
      await expect(connection).toHaveValue('open');
    });
    const model = page.getByRole('combobox', { name: 'Model of ask' });
    await test.step('the models are those that the service lists', async () => {
      await page.getByRole('button', { name: 'List models for ask' }).click();
      await expect(page.locator('datalist option[value="small-model"]')).toBeAttached();
      await expect(page.getByRole('button', { name: 'List models for ask' })).toBeHidden();
      await model.fill('other-model');
      await model.press('Enter');
      await expect.poll(read).toBe(chosen.replace('small-model', 'other-model'));
      await expectAccessible(page);
    });
    await test.step('it can be undone', async () => {
      await page.getByRole('button', { name: 'Undo' }).last().click();
      await expect.poll(read).toBe(chosen);
      await expect(model).toHaveValue('small-model');
    });
  } finally {
    await models.close();
  }
});

test('what can’t be changed by itself says so, and its line opens in raw file mode', async ({ app, deck, page }) => {
  const flow = llmFlow('&shared one');
  flow['flow.dag.yaml'] += '- name: again\n  type: llm\n  source:\n    type: code\n    path: ask.jinja2\n  connection: *shared\n  api: chat\n';
  const file = path.join(addFlow(deck.flows, 'asker', flow), 'flow.dag.yaml');
  const before = readFileSync(file, 'utf8');
  await deck.start();
  await deck.api.addConnection('open', openAi('http://127.0.0.1:1/v1'));
  await app.open('asker');
  await page.getByRole('combobox', { name: 'Connection of ask' }).selectOption('open');
  const refused = page.getByRole('alert').filter({ hasText: 'Couldn’t save your choice' });
  await expect(refused).toContainText('line 18');
  await expectAccessible(page);
  expect(readFileSync(file, 'utf8')).toBe(before);
  await refused.getByRole('button', { name: 'Open in raw file mode' }).click();
  await expect(page).toHaveURL(/line=18/);
});

test('the list of flows says which lack a connection, and leads to where it’s added', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  addFlow(deck.flows, 'asker', llmFlow('open_ai_connection'));
  await deck.start();
  await app.signIn();
  const rows = page.getByRole('table', { name: 'Flows' }).getByRole('rowheader');
  await expect(rows).toHaveCount(2);
  const chip = page.getByRole('link', { name: 'Connection missing' });
  await expect(chip).toHaveCount(1);
  await page.getByRole('button', { name: /^Connections needed/ }).click();
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/show=connections/);
  await expectAccessible(page);
  await chip.click();
  await expect(page.getByRole('button', { name: 'Add connection open_ai_connection' })).toBeVisible();
  await deck.api.addConnection('open_ai_connection', openAi('http://127.0.0.1:1/v1'));
  await page.goBack();
  await expect(page.getByRole('link', { name: 'Connection missing' })).toBeHidden();
});
