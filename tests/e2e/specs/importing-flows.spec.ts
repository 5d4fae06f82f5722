// Flows that are brought along in a zip or a folder.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('a zip is looked into first, and what it lacks is told', async ({ app, deck, page }, info) => {
  addFlow(deck.flows, 'web', {
    'flow.dag.yaml': `display_name: Web
nodes:
- name: ask
  type: llm
  source: {type: code, path: gone.jinja2}
  inputs: {model: m}
  connection: mine
  api: chat
`,
    '.runs/1.json': '{}',
  });
  await deck.start();
  await app.signIn();
  await page.getByRole('button', { name: 'Actions for Web', exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download as zip' }).click();
  const zip = info.outputPath('web.zip');
  await (await download).saveAs(zip);

  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import flows' });
  await expect(dialog.getByLabel('Zip file')).toBeFocused();
  await expectAccessible(page);
  await dialog.getByLabel('Zip file').setInputFiles({ name: 'web.zip', mimeType: 'application/zip', buffer: Buffer.from('nothing') });
  await expect(dialog.getByRole('alert')).toContainText('This isn’t a zip file that can be read');
  await dialog.getByLabel('Zip file').setInputFiles(zip);
  const found = dialog.getByRole('list', { name: 'Flows found' });
  await expect(found).toContainText('Web');
  await expect(found).toContainText('gone.jinja2');
  await expect(found).toContainText('mine');
  await expect(found).toContainText('Nothing is overwritten');
  await expectAccessible(page);
  const folder = found.getByRole('textbox', { name: 'Folder' });
  await expect(folder).toHaveValue('web-2');
  expect(existsSync(path.join(deck.flows, 'web-2'))).toBe(false);

  await folder.fill('web');
  await dialog.getByRole('button', { name: 'Import 1 flow' }).click();
  await expect(found).toContainText('‘web’ already exists. Choose another name.');
  await folder.fill('web-3');
  await dialog.getByRole('button', { name: 'Import 1 flow' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Web' })).toBeVisible();
  await expect(page).toHaveURL(/flows\/web-3/);
  expect(existsSync(path.join(deck.flows, 'web-3/.runs'))).toBe(false);
});

test('chosen flows of a folder of many are imported, one after the other', async ({ app, deck, page }, info) => {
  const many = info.outputPath('many');
  mkdirSync(many);
  for (const sample of ['greeting', 'triage-ticket', 'reading-time']) addSample(many, sample);
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('?dialog=import'));
  const dialog = page.getByRole('dialog', { name: 'Import flows' });
  await dialog.getByLabel('Folder').setInputFiles(many);
  const found = dialog.getByRole('list', { name: 'Flows found' });
  await expect(found.getByRole('checkbox')).toHaveCount(3);
  await found.getByRole('checkbox', { name: 'Triage a support ticket' }).uncheck();
  await dialog.getByRole('button', { name: 'Import 2 flows' }).click();
  await expect(found.getByText('Imported.')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('table', { name: 'Flows' }).getByRole('row')).toHaveCount(3);
  expect(readFileSync(path.join(deck.flows, 'greeting/finish.py'), 'utf8')).toContain('def finish');
  expect(existsSync(path.join(deck.flows, 'triage-ticket'))).toBe(false);
});
