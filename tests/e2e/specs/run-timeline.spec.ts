// The timeline of a run: nodes and calls, tokens, retries, and what a call of a model was sent and answered.

import type { Locator } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import type { App } from '../harness/app.ts';
import { addFlow, addState, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

function grid(app: App): Locator {
  return app.page.getByRole('treegrid', { name: 'Timeline of the run' });
}

function row(app: App, name: RegExp): Locator {
  return grid(app).getByRole('row', { name });
}

test('a run tells live what it does, and then what it called, for how many tokens', async ({ app, deck, page }) => {
  addState(deck.flows, 'run-calls');
  await deck.start();
  await app.open('run-calls');
  await app.startSession();
  await app.beginRun();
  await app.runTab('Timeline');
  await expect(row(app, /^search Completed/)).toBeVisible();
  await app.expectRun('Completed');
  const totals = app.outputs.getByLabel('Totals of the run');
  await expect(totals).toContainText(/Tokens\s*at least 1,228/);
  await expect(row(app, /^answer Completed .* at least 1,222 tokens/)).toBeVisible();
  await expect(row(app, /^search Completed .* 6 tokens/)).toBeVisible();
  await expect(row(app, /^rate Completed .* tokens unknown/)).toBeVisible();
  await expect(row(app, /^Completions\.create LLM Failed .* tokens unknown/)).toBeVisible();

  await row(app, /^answer Completed/).click();
  const node = app.outputs.getByRole('region', { name: 'Details of answer' });
  await expect(node.getByRole('list', { name: 'Retries' })).toContainText('429 RateLimitError, try 2 in 8 s');
  await row(app, /^Completions\.create LLM .* 1,222 tokens/).click();
  const call = app.outputs.getByRole('region', { name: /^Details of openai/ });
  await expect(call).toContainText(/Model\s*gpt-4o-mini-2024-07-18/);
  await expect(call).toContainText(/Cached tokens\s*1,024/);
  await expect(call).toContainText(/Reasoning tokens\s*4/);
  await expect(call).toContainText(/temperature\s*0\.2/);
  await expect(call.getByRole('list', { name: 'Messages' })).toContainText(/system\s*Be brief\.[\s\S]*user\s*What is a lighthouse/);
  await expect(call.getByRole('list', { name: 'Answer' })).toContainText('A lighthouse is a **tower**');
  await expectAccessible(page);

  expect(page.url()).toContain('timeline=1.0.1');
  await page.reload();
  await expect(call).toContainText('gpt-4o-mini-2024-07-18');
  await app.runTab('Log');
  expect(page.url()).not.toContain('timeline');
});

test('the keyboard alone goes through the rows, folds them and shows details', async ({ app, deck, page }) => {
  addState(deck.flows, 'run-calls');
  await deck.start();
  await app.open('run-calls', '?timeline=all');
  await app.startSession();
  await app.run();
  await expect(row(app, /^rate Completed .* tokens unknown/)).toBeVisible();
  await row(app, /^search Completed/).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(row(app, /^search Completed/)).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await expect(row(app, /^search Completed/)).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(app.outputs.getByRole('region', { name: /^Details of openai/ })).toContainText('text-embedding-3-small');
  await page.keyboard.press('Home');
  await expect(row(app, /^search Completed/)).toBeFocused();
  await page.keyboard.press('End');
  await expect(row(app, /^stream LLM/)).toBeFocused();
});

test('a thousand calls fold and unfold, and hostile text is only text', async ({ app, deck, page }) => {
  const hostile = '<img src=x onerror=alert(1)>\u202e';
  const call = (at: number) => ({ name: `call ${at}`, type: 'Function', start_time: at / 1e4, end_time: (at + 1) / 1e4 });
  const model = { name: hostile, type: 'LLM', inputs: { messages: [{ role: hostile, content: hostile }], [hostile]: hostile }, output: { choices: [{ message: { role: 'assistant', content: hostile } }] } };
  const calls = [{ name: 'work', type: 'Function', start_time: 0, end_time: 0.2, children: [model, ...Array.from({ length: 1000 }, (_, at) => call(at))] }];
  addFlow(deck.flows, 'many', fakeFlow({ nodes: { work: { calls } } }));
  await deck.start();
  await app.open('many', '?timeline=all');
  await app.startSession();
  await app.run();
  const work = row(app, /^work Function/);
  await expect(work).toHaveAttribute('aria-expanded', 'false');
  await work.focus();
  await page.keyboard.press('ArrowRight');
  await expect(row(app, /^call 997 Function/)).toBeAttached();
  await page.keyboard.press('End');
  await expect(row(app, /^call 997 Function/)).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(app.outputs.getByRole('region', { name: 'Details of work' })).toContainText('2 more calls within this one aren’t kept');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const details = app.outputs.getByRole('region', { name: /^Details of <img/ });
  await expect(details.getByRole('list', { name: 'Messages' })).toContainText('<img src=x onerror=alert(1)>');
  await expect(details.getByRole('img')).toHaveCount(0);
});
