// Flows that come and go: made, cloned, downloaded, deleted, restored, deleted for good.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Page } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const rows = (page: Page) => page.getByRole('table', { name: 'Flows' }).getByRole('row');
const actions = (page: Page, name: string) => page.getByRole('button', { name: `Actions for ${name}`, exact: true });

test('a flow is made with the keyboard, and a name that is taken stays typed', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  await page.getByRole('button', { name: 'New flow' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New flow' });
  await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  await expect(page).toHaveURL(/dialog=new/);
  await expectAccessible(page);

  await dialog.getByRole('radio', { name: 'Chat flow' }).check();
  await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('My chat flow');
  const folder = dialog.getByRole('textbox', { name: 'Folder in the flows folder' });
  await expect(folder).toHaveValue('my-chat-flow');
  await folder.fill('greeting');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('‘greeting’ already exists. Choose another name.');
  await expect(folder).toHaveValue('greeting');

  await folder.fill('talk');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'My chat flow' })).toBeVisible();
  expect(readFileSync(path.join(deck.flows, 'talk/flow.dag.yaml'), 'utf8')).toContain('display_name: My chat flow');
});

test('the first flow of an empty folder is made from a sample, by the address of the dialog', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('?dialog=new'));
  const dialog = page.getByRole('dialog', { name: 'New flow' });
  await dialog.getByRole('radio', { name: 'Chat with a model' }).check();
  await expect(dialog).toContainText('Needs the connection ‘open_ai_connection’');
  await dialog.getByRole('radio', { name: 'Greeting' }).check();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page).not.toHaveURL(/dialog/);
  await page.getByRole('button', { name: 'New flow' }).click();
  await dialog.getByRole('radio', { name: 'Greeting' }).check();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeVisible();
});

test('a flow is renamed, and keeps its folder', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  await actions(page, 'Greeting').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Rename Greeting' });
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Hello');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('link', { name: 'Hello' })).toBeVisible();
  expect(readFileSync(path.join(deck.flows, 'greeting/flow.dag.yaml'), 'utf8')).toContain('display_name: Hello\n');
});

test('a flow is cloned and downloaded', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  await actions(page, 'Greeting').click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download as zip' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('greeting.zip');
  expect(readFileSync(await file.path()).subarray(0, 2).toString()).toBe('PK');

  await actions(page, 'Greeting').click();
  await page.getByRole('menuitem', { name: 'Clone' }).click();
  const dialog = page.getByRole('dialog', { name: 'Clone Greeting' });
  await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Greeting (copy)');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Clone' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Greeting (copy)' })).toBeVisible();
  expect(existsSync(path.join(deck.flows, 'greeting-copy/finish.py'))).toBe(true);
});

test('a deleted flow is brought back by Undo, or later from the list, or is deleted for good', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  addFlow(deck.flows, 'greeting/scores', { 'flow.dag.yaml': 'display_name: Scores\nnodes: []\n' });
  addSample(deck.flows, 'triage-ticket');
  await deck.start();
  await app.signIn();
  await expect(rows(page)).toHaveCount(4);

  const remove = async () => {
    await actions(page, 'Greeting').click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const question = page.getByRole('alertdialog', { name: 'Delete Greeting?' });
    await expect(question).toContainText('Scores');
    await expect(question).toContainText('30 days');
    await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await question.getByRole('button', { name: 'Delete' }).click();
    await expect(rows(page)).toHaveCount(2);
  };
  await remove();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows(page)).toHaveCount(4);

  await remove();
  await page.reload();
  await page.getByRole('button', { name: 'Deleted flows' }).click();
  const bin = page.getByRole('dialog', { name: 'Deleted flows' });
  await expect(bin.getByRole('listitem')).toContainText('with 1 flow in its folder');
  await expectAccessible(page);
  await bin.getByRole('button', { name: 'Restore Greeting' }).click();
  await expect(bin).toContainText('No flow was deleted');
  await page.keyboard.press('Escape');
  await expect(rows(page)).toHaveCount(4);

  await remove();
  await page.getByRole('button', { name: 'Deleted flows' }).click();
  await bin.getByRole('button', { name: 'Delete Greeting for good' }).click();
  await bin.getByRole('button', { name: 'Keep' }).click();
  await bin.getByRole('button', { name: 'Delete Greeting for good' }).click();
  await bin.getByRole('group', { name: 'Delete Greeting for good' }).getByRole('button', { name: 'Delete for good' }).click();
  await expect(bin).toContainText('No flow was deleted');
  await page.keyboard.press('Escape');
  await expect(rows(page)).toHaveCount(2);
});
