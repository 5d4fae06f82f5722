// Files and folders that are renamed, moved, made, deleted and restored.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Page } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const DEFINITION = `# mine
nodes:
- name: greet  # first
  type: python
  source:
    type: code
    path: greet.py # why
  inputs: {}
`;
const FILES = {
  'flow.dag.yaml': DEFINITION,
  'greet.py': 'from promptflow.core import tool\n\n\n@tool\ndef greet() -> str:\n    return "hi"\n',
  'notes.txt': 'one\r\ntwo',
  'data/a.csv': 'x,y\n1,2\n',
};

const menu = (page: Page, name: string) => page.getByRole('menu', { name: `Actions for ${name}` });

test('a file is renamed with the keyboard, and the definition names it by its new name', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'tidy', FILES);
  await deck.start();
  await app.open('tidy');
  await app.file('greet.py').focus();
  await page.keyboard.press('F2');
  const dialog = page.getByRole('dialog', { name: 'Rename greet.py' });
  const name = dialog.getByRole('textbox', { name: 'Name' });
  await expect(name).toBeFocused();
  await expect(dialog).toContainText('Line 7 of flow.dag.yaml uses this path.');
  await expectAccessible(page);

  await name.fill('notes.txt');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('‘notes.txt’ already exists.');
  await expect(name).toHaveValue('notes.txt');

  await name.fill('hello.py');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(app.file('hello.py')).toBeFocused();
  await expect(app.file('greet.py')).toBeHidden();
  expect(readFileSync(path.join(folder, 'flow.dag.yaml'), 'utf8')).toBe(DEFINITION.replace('greet.py', 'hello.py'));
  expect(readFileSync(path.join(folder, 'hello.py'), 'utf8')).toBe(FILES['greet.py']);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.file('greet.py')).toBeVisible();
  expect(readFileSync(path.join(folder, 'flow.dag.yaml'), 'utf8')).toBe(DEFINITION);
});

test('several files are marked with the keyboard and moved into a new folder', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'tidy', FILES);
  await deck.start();
  await app.open('tidy', '?raw=1');
  await app.file('data').focus();
  await page.keyboard.press('Shift+F10');
  await expect(menu(page, 'data').getByRole('menuitem', { name: 'Rename' })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('n');
  await expect(page.getByRole('menuitem', { name: 'New folder' })).toBeFocused();
  await page.keyboard.press('Enter');
  const making = page.getByRole('dialog', { name: 'New folder' });
  await expect(making.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('old');
  await page.keyboard.press('Enter');
  await expect(making).toBeHidden();
  expect(existsSync(path.join(folder, 'data/old'))).toBe(true);

  await app.file('greet.py').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(app.file('notes.txt')).toBeFocused();
  await expect(app.file('greet.py')).toHaveAttribute('aria-selected', 'true');
  await expect(app.file('notes.txt')).toHaveAttribute('aria-selected', 'true');
  await expect(app.file('data')).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('Shift+F10');
  await expect(menu(page, '2 items').getByRole('menuitem', { name: 'Rename' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('m');
  await expect(page.getByRole('menuitem', { name: 'Move to' })).toBeFocused();
  await page.keyboard.press('Enter');
  const moving = page.getByRole('dialog', { name: 'Move 2 items' });
  await moving.getByRole('combobox', { name: 'Folder' }).selectOption('data/old');
  await moving.getByRole('checkbox', { name: /Update references in flow.dag.yaml/ }).uncheck();
  await moving.getByRole('button', { name: 'Move' }).click();
  await expect(moving).toBeHidden();
  await expect(app.file('notes.txt')).toBeHidden();
  expect(readFileSync(path.join(folder, 'data/old/notes.txt'), 'utf8')).toBe(FILES['notes.txt']);
  expect(readFileSync(path.join(folder, 'flow.dag.yaml'), 'utf8')).toBe(DEFINITION);
});

test('the file that is shown stays shown when its folder is renamed', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'tidy', FILES);
  await deck.start();
  await app.edit('tidy', 'data/a.csv');
  await app.file('data').click({ button: 'right' });
  await menu(page, 'data').getByRole('menuitem', { name: 'Rename' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rename data' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('tables');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(app.editor('tables/a.csv')).toContainText('x,y');
  await expect(page.getByRole('tab', { name: 'a.csv' })).toHaveCount(1);
});

test('a folder that was deleted is restored later, whole', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'tidy', { ...FILES, 'data/deep/b.bin': Buffer.from([0, 255]) });
  await deck.start();
  await app.open('tidy');
  await app.file('data').focus();
  await page.keyboard.press('Delete');
  await expect(app.dialog).toContainText('data will be deleted from the flow folder.');
  await app.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(app.file('data')).toBeHidden();
  expect(existsSync(path.join(folder, 'data'))).toBe(false);
  await expect(app.files.getByRole('treeitem').and(page.locator(':focus'))).toHaveCount(1);

  await page.reload();
  await app.files.getByRole('button', { name: 'More file actions' }).click();
  await page.getByRole('menuitem', { name: 'Deleted files' }).click();
  const bin = page.getByRole('dialog', { name: 'Deleted files' });
  await expect(bin.getByRole('list', { name: 'Deleted files' })).toContainText('data');
  await expectAccessible(page);
  await bin.getByRole('button', { name: 'Restore data' }).click();
  await expect(bin).toContainText('No file was deleted here in the last 30 days.');
  await page.keyboard.press('Escape');
  await expect(app.file('data')).toBeVisible();
  expect(readFileSync(path.join(folder, 'data/a.csv'), 'utf8')).toBe(FILES['data/a.csv']);
  expect(readFileSync(path.join(folder, 'data/deep/b.bin'))).toEqual(Buffer.from([0, 255]));
});

test('what defines the flow says why it stays, and so does a file with unsaved edits', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'tidy', FILES);
  await deck.start();
  await app.edit('tidy', 'notes.txt');
  await app.file('flow.dag.yaml').focus();
  await page.keyboard.press('Delete');
  await expect(app.dialog).toContainText('flow.dag.yaml defines the flow.');
  await app.dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(app.dialog).toBeHidden();
  await app.append('notes.txt', 'three');
  await expect(app.file('notes.txt')).toContainText('unsaved edits');
  await app.file('notes.txt').click({ button: 'right' });
  const rename = menu(page, 'notes.txt').getByRole('menuitem', { name: 'Rename' });
  await expect(rename).toHaveAttribute('aria-disabled', 'true');
  await expect(rename).toContainText('Save notes.txt first.');
});
