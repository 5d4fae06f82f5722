// Where connections come from besides the form: files that are dropped, .env files, Azure's JSON, model servers that run.

import { createServer } from 'node:http';

import type { Locator, Page } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const KEY = 'sk-canary-0123456789';

async function openImport(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  return page.getByRole('dialog', { name: 'Import connections' });
}

/** Drops a file as a desktop does. */
async function drop(target: Locator, name: string, text: string): Promise<void> {
  const page = target.page();
  const data = await page.evaluateHandle(([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    return data;
  }, [name, text] as const);
  await target.dispatchEvent('drop', { dataTransfer: data });
}

test('a dropped .env file becomes connections, and its keys are shown nowhere', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('connections'));
  const dialog = await openImport(page);
  const text = dialog.getByLabel('Connection YAML, .env or JSON');
  await drop(text, '.env', `# models\nexport OPENAI_API_KEY="${KEY}"\nOPENAI_BASE_URL=http://localhost:9/v1\nSEARCH_TOKEN=${KEY}-2 # ours\n`);
  await expect(text).toHaveValue(/OPENAI_BASE_URL/);
  await dialog.getByRole('button', { name: 'Preview' }).click();
  const found = dialog.getByRole('list', { name: 'Connections found' });
  await expect(found.getByRole('listitem')).toHaveText([/open_ai_connection \(OpenAI\)/, /custom_connection \(Custom\)/]);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Import 2 connections' }).click();
  await expect(found.getByRole('listitem').first()).toContainText('imported');
  await page.keyboard.press('Escape');
  const table = page.getByRole('table', { name: 'Connections' });
  await expect(table).toContainText('http://localhost:9/v1');
  expect(await page.content()).not.toContain(KEY);
});

test('Azure’s JSON becomes connections that ask for their keys', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('connections'));
  const dialog = await openImport(page);
  const azure = {
    value: [
      {
        name: 'Default_AzureOpenAI',
        properties: {
          category: 'AzureOpenAI',
          authType: 'ApiKey',
          target: 'https://r.example.com',
          metadata: { ApiType: 'azure', ApiVersion: '2024-02-01' },
        },
      },
      { name: 'storage', properties: { category: 'AzureBlob', authType: 'SAS', target: 'https://b.example.com' } },
    ],
  };
  await dialog.getByLabel('Connection YAML, .env or JSON').fill(JSON.stringify(azure));
  await dialog.getByRole('button', { name: 'Preview' }).click();
  const found = dialog.getByRole('list', { name: 'Connections found' });
  await expect(found).toContainText('No value for API key.');
  await expect(found).toContainText('AzureBlob');
  await dialog.getByRole('button', { name: 'Import 1 connection' }).click();
  await dialog.getByRole('link', { name: 'Fill in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Connection Default_AzureOpenAI' })).toBeVisible();
  await expect(page.getByLabel('API version')).toHaveValue('2024-02-01');
  await page.getByLabel('API key (required)').fill(KEY);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Stored. It can’t be shown.')).toBeVisible();
});

test('a model server that runs is found when asked for, and fills in the form', async ({ app, deck, page }) => {
  const models = createServer((request, response) => {
    response.writeHead(request.url === '/v1/models' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ object: 'list', data: [{ id: 'llama3.2:1b' }] }));
  });
  const isOurs = await new Promise<boolean>((resolve) => {
    models.once('error', () => resolve(false));
    models.listen(11434, '127.0.0.1', () => resolve(true));
  });
  test.skip(!isOurs, 'port 11434 of this machine is taken');
  try {
    await deck.start();
    await app.signIn();
    await page.goto(deck.url('connections'));
    await page.getByRole('button', { name: 'Find model servers' }).click();
    const found = page.getByRole('region', { name: 'Model servers on the server’s machine' });
    await expect(found).toContainText('Ollama at http://localhost:11434/v1 (llama3.2:1b)');
    await expectAccessible(page);
    await found.getByRole('link', { name: 'Add connection to Ollama' }).click();
    await expect(page.getByLabel('Base URL')).toHaveValue('http://localhost:11434/v1');
    await page.getByLabel('Name (required)').fill('open_ai_connection');
    await page.getByRole('button', { name: 'Save and test' }).click();
    const last = page.getByRole('region', { name: 'Last test' });
    await expect(last).toContainText('Test passed');
    await page.getByRole('link', { name: 'All connections' }).click();
    await page.getByRole('button', { name: 'Find model servers' }).click();
    await expect(found.getByRole('link', { name: 'Open connection open_ai_connection' })).toBeVisible();
  } finally {
    await new Promise((resolve) => models.close(resolve));
  }
});

test('nobody looks for model servers where the administrator says so', async ({ app, deck, page }) => {
  deck.configure('modelServers: false\n');
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('connections'));
  await page.getByRole('button', { name: 'Find model servers' }).click();
  await expect(page.getByText('The administrator’s configuration doesn’t allow looking for model servers.').first()).toBeVisible();
});
