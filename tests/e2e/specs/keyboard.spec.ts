// Everything without a mouse, and the focus comes back to where it was.

import { addFlow, addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('the story by keyboard alone', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.getByRole('link', { name: 'Greeting' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeFocused();

  await app.startButton.focus();
  await page.keyboard.press('Enter');
  await expect(app.sessionMenu).toBeVisible({ timeout: 90_000 });
  await app.runButton.focus();
  await page.keyboard.press('Enter');
  await app.expectRun('Completed');

  await app.sessionMenu.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Stop compute session' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(app.sessionMenu).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('v');
  await expect(page.getByRole('menuitem', { name: 'View installed packages' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(app.dialog).toBeVisible();
  await expect(app.dialog.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(app.dialog).toBeHidden();
  await expect(app.sessionMenu).toBeFocused();
});

test('the tree of files and the tabs', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'tree', {
    'flow.dag.yaml': 'nodes: []\n',
    'parts/one.md': '# One\n',
    'two.py': 'x = 2\n',
  });
  await deck.start();
  await app.open('tree', '?raw=1');
  await app.file('parts').focus();
  await page.keyboard.press('ArrowRight');
  await expect(app.file('parts')).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(app.file('one.md')).toBeFocused();
  await expect(app.file('one.md')).toHaveAttribute('aria-level', '2');
  await page.keyboard.press('Enter');
  await expect(app.editor('parts/one.md')).toBeVisible();
  await app.file('one.md').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(app.file('parts')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(app.file('one.md')).toBeHidden();
  await page.keyboard.press('t');
  await expect(app.file('two.py')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(app.editor('two.py')).toBeVisible();

  const tab = (name: string) => page.getByRole('tab', { name });
  await tab('two.py').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(tab('one.md')).toBeFocused();
});

test('keys for the search, a run and what lies far down the page', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  await expect(page.getByRole('link', { name: 'Greeting' })).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('a/b');
  await expect(page.getByRole('searchbox')).toHaveValue('a/b');

  await app.open('greeting');
  await expect(app.startButton).toBeVisible();
  // A key that comes while the page loads does nothing.
  await expect(async () => {
    await page.keyboard.press('Control+Enter');
    await expect(app.status).toContainText('Can’t run yet', { timeout: 2_000 });
  }).toPass();
  await page.getByRole('button', { name: 'Skip to files' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'New file' })).toBeFocused();
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Prompt flow' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Prompt flow' })).toBeVisible();
  await expect(app.status).not.toContainText('Can’t run yet');
});

test('the question mark lists the shortcuts, unless one is typing', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('heading', { level: 1 }).focus();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list).toContainText('Run the flow');
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
});
