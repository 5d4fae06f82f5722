// The list of flows: in which order, which of them, what stands in a row, and how long many take.

import type { Locator, Page } from '@playwright/test';

import { addFlow, addSample, addState } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

function rows(page: Page): Locator {
  return page.getByRole('table', { name: 'Flows' }).getByRole('row');
}

/** The names of the flows, from above. */
function names(page: Page): Promise<string[]> {
  return page.getByRole('rowheader').getByRole('link').allInnerTexts();
}

test('the list is sorted by its headings, and the address says so', async ({ app, deck, page }) => {
  for (const sample of ['greeting', 'chat-with-notes', 'score-answers']) addSample(deck.flows, sample);
  await deck.start();
  await app.signIn();
  await expect(rows(page)).toHaveCount(4);
  const byName = await names(page);
  const heading = (name: string) => page.getByRole('columnheader', { name });
  await expect(heading('Name')).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await expect(heading('Name')).toHaveAttribute('aria-sort', 'descending');
  expect(await names(page)).toEqual([...byName].reverse());
  await page.getByRole('button', { name: 'Type', exact: true }).click();
  expect((await names(page))[0]).toBe('Chat with notes');
  await expect(page).toHaveURL(/sort=type/);
  await page.reload();
  await expect(heading('Type')).toHaveAttribute('aria-sort', 'ascending');
  expect((await names(page))[0]).toBe('Chat with notes');
});

test('the newest run of a flow stands in its row, leads to it, and sorts the list', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  addSample(deck.flows, 'triage-ticket');
  addState(deck.flows, 'run-fails');
  await deck.start();
  await app.open('run-fails');
  await app.startSession();
  await app.run('Failed');
  await page.goto(deck.url());
  const row = rows(page).filter({ has: page.getByRole('link', { name: /Failed/ }) });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Running');
  await page.getByRole('button', { name: 'Last run', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'Last run' })).toHaveAttribute('aria-sort', 'descending');
  await expect(rows(page).nth(1)).toContainText('Failed');

  const show = page.getByRole('group', { name: 'Show flows' });
  await show.getByRole('button', { name: /^With errors/ }).click();
  await expect(rows(page)).toHaveCount(2);
  await expect(app.status).toContainText('1 flow found');
  await expect(page.getByRole('main')).toContainText('1 of 3 flows');
  await show.getByRole('button', { name: /^Running/ }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.reload();
  await expect(show.getByRole('button', { name: /^Running/ })).toHaveAttribute('aria-pressed', 'true');
  await row.getByRole('link', { name: /Failed/ }).click();
  await expect(page).toHaveURL(/\?run=/);
  await expect(app.outputs).toContainText('Run 1');
});

test('only flows of the same name say their folder, and a row is one line of 44 px', async ({ app, deck, page }) => {
  const named = (name: string) => ({ 'flow.dag.yaml': `display_name: ${name}\ndescription: ${'words '.repeat(40)}\nnodes: []\n` });
  addFlow(deck.flows, 'team/one', named('Same'));
  addFlow(deck.flows, 'two', named('Same'));
  addFlow(deck.flows, 'three', named('Other'));
  await deck.start();
  await app.signIn();
  const header = (text: string) => page.getByRole('rowheader').filter({ hasText: text });
  await expect(header('team/one')).toBeVisible();
  await expect(header('two')).toBeVisible();
  await expect(header('Other')).not.toContainText('three');
  for (const row of await page.getByRole('rowheader').all()) {
    expect((await row.boundingBox())?.height).toBeGreaterThanOrEqual(43);
    expect((await row.boundingBox())?.height).toBeLessThanOrEqual(45);
  }
});

test('a thousand flows come and are searched without a long wait', async ({ app, deck, page }) => {
  for (let number = 0; number < 1000; number += 1) {
    addFlow(deck.flows, `flow-${number}`, { 'flow.dag.yaml': `display_name: Flow ${number}\nnodes: []\n` });
  }
  await deck.start();
  await app.signIn();
  await expect(page.getByRole('main')).toContainText('1000 flows');
  // From a key to what it shows, painted.
  const search = page.getByRole('searchbox');
  const typed = async (text: string): Promise<number> => {
    await search.focus();
    return page.evaluate(async (value) => {
      const input = document.activeElement as HTMLInputElement;
      const from = performance.now();
      input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      return performance.now() - from;
    }, text);
  };
  const narrowed = await typed('flow-77');
  await expect(rows(page)).toHaveCount(12);
  const widened = await typed('');
  await expect(rows(page)).toHaveCount(1001);
  test.info().annotations.push({ type: 'milliseconds', description: `${Math.round(narrowed)} and ${Math.round(widened)}` });
  expect(narrowed).toBeLessThan(1500);
  expect(widened).toBeLessThan(1500);
});
