// What the editor knows of the flow, by keyboard alone: completion, meanings, definitions, references, renames, fixes.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator, Page } from '@playwright/test';

import type { App } from '../harness/app.ts';
import type { Deck } from '../harness/deck.ts';
import { addFlow, addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test.use({ engine: 'fake' });

const DEFINITION = 'flow.dag.yaml';

/** Opens a file of the flow `name` in the editor with the language support, which comes after the text. */
async function edit(app: App, deck: Deck, name: string, file = DEFINITION): Promise<void> {
  await deck.start();
  const worker = app.page.waitForEvent('worker', { timeout: 60_000 });
  await app.edit(name, file);
  await worker;
  await app.editor(file).focus();
}

/** Puts the cursor at a place of the file, from 1. */
async function cursorTo(page: Page, line: number, column: number): Promise<void> {
  await page.keyboard.press('Control+Home');
  for (let at = 1; at < line; at += 1) await page.keyboard.press('ArrowDown');
  for (let at = 1; at < column; at += 1) await page.keyboard.press('ArrowRight');
  await expect(page.getByText(`Ln ${line}, Col ${column}`, { exact: true })).toBeVisible();
}

/** Accepts what is selected in the list. In its first 75 ms no key is for it: nobody could have meant that. */
async function accept(page: Page, option: Locator): Promise<void> {
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
}

test.describe('completion', () => {
  test('offers keys, then their values, then references, and writes what is accepted', async ({ app, deck, page }) => {
    const folder = addSample(deck.flows, 'greeting');
    await edit(app, deck, 'greeting');
    const offered = page.getByRole('listbox');
    const option = (name: string | RegExp) => offered.getByRole('option', { name });
    await page.keyboard.press('Control+End');
    await page.keyboard.type('- name: last');
    await page.keyboard.press('Enter');
    await page.keyboard.type('ty');
    await accept(page, option(/^type/));
    // The value of the key is offered at once.
    await expect(option(/^python/)).toBeVisible();
    await page.keyboard.type('pyth');
    await expect(option(/^prompt/)).toHaveCount(0);
    await accept(page, option(/^python/));
    await expect(offered).toBeHidden();
    await page.keyboard.press('Enter');
    await page.keyboard.type('inputs: ');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.keyboard.type('  text: ${com');
    await accept(page, option(/^\$\{compose\.output\}/));
    await expect(offered).toBeHidden();
    await page.keyboard.press('Control+s');
    const saved = await until('the file to be saved', () => {
      const text = readFileSync(path.join(folder, DEFINITION), 'utf8');
      return text.includes('${compose.output}\n') && text.includes('last') && text;
    });
    expect(saved.split('- name: last')[1]).toBe('\n  type: python\n  inputs: \n    text: ${compose.output}');
  });

  test('by Ctrl+Space offers files of the folder; Escape closes it and leaves the text', async ({ app, deck, page }) => {
    addSample(deck.flows, 'greeting');
    await edit(app, deck, 'greeting');
    const editor = app.editor(DEFINITION);
    await cursorTo(page, 34, 11);
    await page.keyboard.press('Control+Space');
    const file = page.getByRole('option', { name: 'finish.py' });
    await expect(file).toBeVisible();
    // What is selected is what a screen reader is at.
    await expect(editor).toHaveAttribute('aria-activedescendant', (await file.getAttribute('id')) ?? 'none');
    await page.keyboard.press('Escape');
    await expect(file).toBeHidden();
    await expect(editor).toBeFocused();
    await expect(app.saveButton).toBeDisabled();
  });

  test('offers the connections of the project, with their types', async ({ app, deck, page }) => {
    addSample(deck.flows, 'chat-with-model');
    await deck.start();
    await deck.api.addConnection('open_ai_connection_2', { type: 'OpenAI', secrets: { api_key: 'sk-canary-0123456789' } });
    const worker = page.waitForEvent('worker', { timeout: 60_000 });
    await app.edit('chat-with-model', DEFINITION);
    await worker;
    const line = readFileSync(path.join(deck.flows, 'chat-with-model', DEFINITION), 'utf8')
      .split('\n')
      .findIndex((text) => text.trim().startsWith('connection:'));
    await app.editor(DEFINITION).focus();
    await cursorTo(page, line + 1, 1);
    await page.keyboard.press('End');
    await page.keyboard.press('Control+Space');
    await expect(page.getByRole('option', { name: /^open_ai_connection_2.*OpenAI/ })).toBeVisible();
  });

  test('stays within a narrow page', async ({ app, deck, page }) => {
    await page.setViewportSize({ width: 360, height: 640 });
    addSample(deck.flows, 'greeting');
    await edit(app, deck, 'greeting');
    await cursorTo(page, 34, 11);
    await page.keyboard.press('Control+Space');
    const list = page.getByRole('listbox');
    await expect(list).toBeVisible();
    const box = await list.boundingBox();
    expect(box!.x).toBeGreaterThanOrEqual(0);
    expect(box!.x + box!.width).toBeLessThanOrEqual(360);
  });
});

test('Ctrl+K Ctrl+I says what the thing at the cursor is', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await edit(app, deck, 'greeting');
  await cursorTo(page, 36, 14);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+i');
  const meaning = page.getByRole('tooltip');
  await expect(meaning).toHaveText('Node compose: prompt, runs compose.jinja2');
  await page.keyboard.press('Escape');
  await expect(meaning).toBeHidden();
  await cursorTo(page, 31, 4);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+i');
  await expect(meaning).toContainText('Read by');
});

test('F12 goes to a definition, in another file too, and back', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await edit(app, deck, 'greeting');
  await cursorTo(page, 36, 14);
  await page.keyboard.press('F12');
  await expect(page.getByText('Ln 23, Col 9', { exact: true })).toBeVisible();
  await cursorTo(page, 27, 13);
  await page.keyboard.press('F12');
  await expect(app.editor('compose.jinja2')).toBeFocused();
  await cursorTo(page, 1, 11);
  await page.keyboard.press('F12');
  await expect(app.editor(DEFINITION)).toBeFocused();
  await expect(page.getByText('Ln 29, Col 5', { exact: true })).toBeVisible();
});

test('Shift+F12 lists where a name is used, and goes there', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await edit(app, deck, 'greeting');
  await cursorTo(page, 11, 4);
  await page.keyboard.press('Shift+F12');
  const dialog = page.getByRole('dialog', { name: 'Go to reference' });
  await expect(dialog.getByRole('option')).toHaveCount(2);
  await page.keyboard.type('line 37');
  await expect(dialog.getByRole('status')).toHaveText('1 result');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(app.editor(DEFINITION)).toBeFocused();
  await expect(page.getByText(/^Ln 37, Col/)).toBeVisible();
});

test.describe('F2', () => {
  test('renames a node wherever it is named, in one step', async ({ app, deck, page }) => {
    const folder = addSample(deck.flows, 'greeting');
    const file = path.join(folder, DEFINITION);
    const before = readFileSync(file, 'utf8');
    await edit(app, deck, 'greeting');
    await cursorTo(page, 23, 10);
    await page.keyboard.press('F2');
    const name = page.getByRole('textbox', { name: 'New name of compose' });
    await expect(name).toHaveValue('compose');
    // One that is taken is refused, and nothing that was typed is lost.
    await page.keyboard.type('finish');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: 'finish' })).toBeVisible();
    await expect(name).toHaveValue('finish');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('draft');
    await page.keyboard.press('Enter');
    await expect(name).toBeHidden();
    await expect(app.editor(DEFINITION)).toBeFocused();
    await page.keyboard.press('Control+s');
    const renamed = before.replace('- name: compose\n', '- name: draft\n').replace('${compose.output}', '${draft.output}');
    await until('the new name to be saved', () => readFileSync(file, 'utf8') === renamed);
    await expect(app.saveButton).toBeDisabled();
    await page.keyboard.press('Control+z');
    await expect(app.saveButton).toBeEnabled();
    await page.keyboard.press('Control+s');
    await until('the old name to be saved', () => readFileSync(file, 'utf8') === before);
  });

  test('renames what a template is given in the template too, which opens unsaved', async ({ app, deck, page }) => {
    const folder = addSample(deck.flows, 'greeting');
    const template = path.join(folder, 'compose.jinja2');
    const read = page.waitForResponse((response) => response.url().endsWith('/files/compose.jinja2'));
    await edit(app, deck, 'greeting');
    await read;
    await cursorTo(page, 29, 6);
    await page.keyboard.press('F2');
    await expect(page.getByRole('textbox', { name: 'New name of name' })).toBeFocused();
    await page.keyboard.type('guest');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('tab', { name: /compose\.jinja2/ })).toBeVisible();
    await expect(app.editor(DEFINITION)).toContainText('guest: ${inputs.name}');
    expect(readFileSync(template, 'utf8')).toContain('{{ name }}');
    await page.getByRole('tab', { name: /compose\.jinja2/ }).click();
    await expect(app.editor('compose.jinja2')).toContainText('Hello {{ guest }}');
    await app.editor('compose.jinja2').focus();
    await page.keyboard.press('Control+s');
    await until('the template to be saved', () => readFileSync(template, 'utf8').includes('{{ guest }}'));
  });
});

test('Ctrl+. offers the fix of the line', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'mistaken', {
    [DEFINITION]: 'inputs:\n  text:\n    typ: string\noutputs: {}\nnodes: []\n',
  });
  await edit(app, deck, 'mistaken');
  await expect(page.locator('.cm-lintRange').first()).toBeVisible();
  await cursorTo(page, 3, 6);
  await page.keyboard.press('Control+.');
  const dialog = page.getByRole('dialog', { name: 'Fix' });
  await expect(dialog.getByRole('option').first()).toContainText('type');
  await page.keyboard.press('Enter');
  await expect(app.editor(DEFINITION)).toContainText('type: string');
});
