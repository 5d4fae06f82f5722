// The same file in two tabs of the browser: neither writes over what the other has not saved.

import type { Page } from '@playwright/test';

import { App } from '../harness/app.ts';
import type { Deck } from '../harness/deck.ts';
import { addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const FILE = 'compose.jinja2';
const TOLD = 'You have unsaved edits in another tab';

async function tabBeside(first: Page, deck: Deck): Promise<App> {
  const tab = new App(await first.context().newPage(), deck);
  await tab.page.goto(first.url());
  await expect(tab.editor(FILE)).toBeVisible();
  return tab;
}

test('each tab keeps its own, and one can go on with the other’s', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.edit('greeting', FILE);
  const other = await tabBeside(page, deck);
  await app.append(FILE, 'from the first');
  await expect(other.page.getByText(TOLD)).toBeVisible();
  await other.append(FILE, 'from the second');
  await expect(page.getByText(TOLD)).toBeVisible();
  await page.reload();
  await expect(app.editor(FILE)).toContainText('from the first');
  await expect(app.editor(FILE)).not.toContainText('from the second');

  await page.getByRole('button', { name: 'Use those edits' }).click();
  await expect(app.editor(FILE)).toContainText('from the second');
  await expect(page.getByText(TOLD)).toBeHidden();
  await expect(app.editor(FILE)).toBeFocused();
  await page.keyboard.press('Control+z');
  await expect(app.editor(FILE)).toContainText('from the first');
  await expect(other.editor(FILE)).toContainText('from the second');
});

test('what a tab that is gone has not saved is restored in the next', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.edit('greeting', FILE);
  await app.append(FILE, 'left behind');
  const address = page.url();
  await page.goto(deck.url());
  await expect(page.getByRole('heading', { level: 1, name: 'Prompt flow' })).toBeVisible();
  const next = new App(await page.context().newPage(), deck);
  await next.page.goto(address);
  await expect(next.editor(FILE)).toContainText('left behind');
  await expect(next.page.getByText(/^Unsaved edits from .* restored$/)).toBeVisible();
  await expect(next.saveButton).toBeEnabled();
});

test('edits of another tab can be discarded, and come back only as long as it is there', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.edit('greeting', FILE);
  const other = await tabBeside(page, deck);
  await app.append(FILE, 'from the first');
  await other.page.getByRole('button', { name: 'Discard them' }).click();
  await expect(other.page.getByText(TOLD)).toBeHidden();
  await page.reload();
  await expect(app.editor(FILE)).toContainText('from the first');
});

test('a save by another tab is not called another program’s', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.edit('greeting', FILE);
  const other = await tabBeside(page, deck);
  await app.append(FILE, 'from the first');
  await other.append(FILE, 'from the second');
  await other.saveButton.click();
  await expect(page.getByText('You saved it in another tab while you were editing here.')).toBeVisible();
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByText('You saved the other version in another tab.')).toBeVisible();
});
