// Connections: added, tested, changed, renamed, deleted, restored, imported; and what a flow's page says of them.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Page } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow } from '../harness/flows.ts';
import { llmFlow, ModelServer } from '../harness/models.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const KEY = 'sk-canary-0123456789';
const LIST = 'api/projects/default/connections';

const row = (page: Page, name: string) =>
  page.getByRole('table', { name: 'Connections' }).getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });

/** Stores a connection as another client does. */
async function put(deck: { api: { fetch(path: string, init: RequestInit): Promise<Response> } }, name: string, body: object, header = 'if-none-match', value = '*'): Promise<void> {
  const headers = { 'content-type': 'application/json', [header]: value };
  const answer = await deck.api.fetch(`${LIST}/${name}`, { method: 'PUT', headers, body: JSON.stringify(body) });
  expect(answer.status, await answer.text()).toBe(200);
}

test('a connection is added with the keyboard, tested, and shown without its key', async ({ app, deck, page }) => {
  const models = await ModelServer.start(KEY);
  try {
    await deck.start();
    await app.signIn();
    await page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'Connections' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Connections' })).toBeFocused();
    await expect(page.getByRole('heading', { name: 'No connections yet' })).toBeVisible();
    await expectAccessible(page);

    await test.step('what is wrong is said at the first field, and stays typed', async () => {
      await page.getByRole('link', { name: 'Add connection' }).focus();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 1, name: 'Add connection' })).toBeFocused();
      await page.getByLabel('Base URL').fill(models.url);
      await page.keyboard.press('Enter');
      await expect(page.getByLabel('Name (required)')).toBeFocused();
      await expect(page.getByText('Enter a name.')).toBeVisible();
      await expect(page.getByText('Enter a value for API key.')).toBeVisible();
      await expect(page.getByLabel('Base URL')).toHaveValue(models.url);
      await expectAccessible(page);
    });
    await test.step('a test tells status, time and the service’s words', async () => {
      await page.keyboard.type('open_ai_connection');
      await page.getByLabel('API key (required)').fill('sk-wrong-0123456789');
      await page.getByRole('button', { name: 'Save and test' }).click();
      await expect(page).toHaveURL(/connections\/open_ai_connection$/);
      const last = page.getByRole('region', { name: 'Last test' });
      await expect(last).toContainText('Test failed');
      await expect(last).toContainText('HTTP 401');
      await expect(last).toContainText('Incorrect API key provided');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Replace API key' }).click();
      await expect(page.getByLabel('API key (required)')).toBeFocused();
      await page.keyboard.type(KEY);
      await page.getByRole('button', { name: 'Save and test' }).click();
      await expect(last).toContainText('Test passed');
      await last.getByText('1 model or deployment').click();
      await expect(last).toContainText('small-model');
    });
    await test.step('after a reload it is there, and its key is nowhere', async () => {
      await page.reload();
      await expect(page.getByText('Stored. It can’t be shown.')).toBeVisible();
      await expect(page.getByLabel('Base URL')).toHaveValue(models.url);
      expect(await page.content()).not.toContain(KEY);
      await page.getByRole('link', { name: 'All connections' }).click();
      await expect(row(page, 'open_ai_connection')).toContainText('OpenAI');
      await expect(row(page, 'open_ai_connection')).toContainText(models.url);
      await expect(row(page, 'open_ai_connection')).toContainText('Passed');
      await expectAccessible(page);
    });
  } finally {
    await models.close();
  }
});

test('types have their own fields, and servers are filled in', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('new-connection?name=mine&type=AzureOpenAI'));
  const type = page.getByLabel('Type (required)');
  await expect(page.getByLabel('Name (required)')).toHaveValue('mine');
  await expect(page.getByLabel('API version')).toHaveValue('2024-02-01');
  await page.getByLabel('Auth mode').selectOption('meid_token');
  await expect(page.getByLabel('API key')).toBeHidden();
  await type.selectOption({ label: 'Ollama' });
  await expect(page.getByLabel('Base URL')).toHaveValue('http://localhost:11434/v1');
  await type.selectOption({ label: 'Custom' });
  await page.getByRole('button', { name: 'Add config' }).click();
  await page.getByLabel('Config name').fill('url');
  await page.getByLabel('Config value').fill('https://example.com');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Add at least one secret.')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Secret name').fill('token');
  await page.getByLabel('Secret value').fill(KEY);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Connection mine' })).toBeVisible();
  const { configs, secrets } = (await (await deck.api.fetch(`${LIST}/mine`)).json()) as { configs: object; secrets: string[] };
  expect({ configs, secrets }).toEqual({ configs: { url: 'https://example.com' }, secrets: ['token'] });
  await expectAccessible(page);
});

test('a change by somebody else is told, and nothing typed is lost', async ({ app, deck, page }) => {
  await deck.start();
  await put(deck, 'shared', { type: 'OpenAI', secrets: { api_key: KEY } });
  await app.signIn();
  await page.goto(deck.url('connections/shared'));
  await page.getByLabel('Organization').fill('mine');
  const known = await deck.api.fetch(`${LIST}/shared`);
  await put(deck, 'shared', { type: 'OpenAI', configs: { base_url: 'http://localhost:9/v1' } }, 'if-match', known.headers.get('etag') ?? '');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const notice = page.getByRole('main').getByRole('alert');
  await expect(notice).toContainText('Changed: Base URL.');
  await expect(page.getByLabel('Organization')).toHaveValue('mine');
  await expectAccessible(page);
  await notice.getByRole('button', { name: 'Save my version' }).click();
  await expect(notice).toBeHidden();
  // The notice goes when the save begins.
  const stored = async () => ((await (await deck.api.fetch(`${LIST}/shared`)).json()) as { configs: object }).configs;
  await expect.poll(stored).toEqual({ organization: 'mine' });
});

test('rename and delete say what names it; a deleted one comes back', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'asker', llmFlow('first'));
  await deck.start();
  await put(deck, 'first', { type: 'OpenAI', secrets: { api_key: KEY } });
  await app.signIn();
  await page.goto(deck.url('connections'));
  await expect(row(page, 'first')).toContainText('asker');
  const choose = async (name: string, item: string) => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await choose('first', 'Rename');
  const form = page.getByRole('dialog', { name: 'Rename connection first' });
  await expect(form).toContainText('asker: node ask');
  await expect(form.getByLabel('New name')).toBeFocused();
  await expectAccessible(page);
  await form.getByLabel('New name').fill('a/b');
  await page.keyboard.press('Enter');
  await expect(form).toContainText('A name can’t contain');
  await form.getByLabel('New name').fill('second');
  await page.keyboard.press('Enter');
  await expect(row(page, 'second')).toBeVisible();
  await expect(row(page, 'second')).toContainText('No flow');

  await choose('second', 'Delete');
  const question = page.getByRole('alertdialog', { name: 'Delete connection second?' });
  await expect(question).toContainText('No flow uses it.');
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'No connections yet' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Deleted in the last 24 hours' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Restore second' }).click();
  await expect(row(page, 'second')).toBeVisible();
});

test('connections are brought along from YAML, pasted or in a file', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('connections'));
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Import connections' });
  const text = dialog.getByLabel('Connection YAML, .env or JSON');
  await expect(text).toBeFocused();
  await expectAccessible(page);
  await text.fill('no connection at all');
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Couldn’t import');
  await expect(text).toHaveValue('no connection at all');
  const file = path.join(deck.flows, 'azure.yaml');
  writeFileSync(file, 'name: azure\ntype: azure_open_ai\napi_key: "<user-input>"\napi_base: https://x.example.com\napi_version: 2024-02-01\n');
  await dialog.getByLabel('File').setInputFiles(file);
  await expect(text).toHaveValue(/azure_open_ai/);
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await expect(dialog.getByRole('list', { name: 'Connections found' })).toContainText('No value for API key.');
  await expect(dialog.getByLabel('API key')).toHaveAttribute('type', 'password');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Import 1 connection' }).click();
  await expect(dialog.getByRole('list', { name: 'Connections found' })).toContainText('imported as incomplete');
  await dialog.getByRole('link', { name: 'Fill in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Connection azure' })).toBeVisible();
  await expect(page.getByLabel('API version')).toHaveValue('2024-02-01');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export YAML' }).click();
  expect((await download).suggestedFilename()).toBe('connection.yaml');
});

test('a connection that is added elsewhere reaches the page of a flow that lacks it', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'asker', llmFlow('open_ai_connection'));
  await deck.start();
  await app.open('asker');
  const lacking = page.getByText('Node ‘ask’ needs the connection ‘open_ai_connection’');
  await expect(lacking).toBeVisible();
  await put(deck, 'open_ai_connection', { type: 'OpenAI', secrets: { api_key: KEY } });
  await expect(lacking).toBeHidden();
});

test('a key that the text leaves out is typed in the preview, and the connection is complete', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('connections'));
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Import connections' });
  await dialog.getByLabel('Connection YAML, .env or JSON').fill('name: mine\ntype: open_ai\napi_key: <user-input>\n');
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await dialog.getByLabel('API key').fill(KEY);
  await dialog.getByRole('button', { name: 'Import 1 connection' }).click();
  const found = dialog.getByRole('list', { name: 'Connections found' });
  await expect(found).toContainText('mine (OpenAI): imported');
  await expect(found.getByRole('link', { name: 'Fill in' })).toHaveCount(0);
  const stored = await deck.api.fetch(`${LIST}/mine`);
  expect(await stored.json()).toMatchObject({ secrets: ['api_key'], missing: [] });
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(row(page, 'mine')).toBeVisible();
});

test('a flow says what it lacks before a run, and a form there adds it', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'asker', llmFlow('open_ai_connection'));
  await deck.start();
  await deck.api.startSession('asker');
  await app.open('asker');
  await expect(page.getByText('Node ‘ask’ needs the connection ‘open_ai_connection’')).toBeVisible();
  await expectAccessible(page);
  await app.runButton.click();
  await expect(app.status).toContainText('Couldn’t start the run.');
  await page.getByRole('button', { name: 'Add connection open_ai_connection' }).click();
  const form = page.getByRole('dialog', { name: 'Add connection' });
  await expect(form.getByLabel('Name (required)')).toHaveValue('open_ai_connection');
  await expect(form.getByLabel('Name (required)')).not.toBeEditable();
  await expect(form.getByLabel('Type (required)').getByRole('option', { name: 'Custom' })).toHaveCount(0);
  await form.getByLabel('API key (required)').fill(KEY);
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(form).toBeHidden();
  const again = page.getByRole('button', { name: 'Run again' });
  await expect(again).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await app.expectRun('Completed');
  await expect(again).toBeHidden();
});
