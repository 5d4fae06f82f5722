// A recorded call of a model, changed and made again beside what was recorded, and taken back into the flow's files.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Page } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import type { App } from '../harness/app.ts';
import type { Deck } from '../harness/deck.ts';
import { addFlow, addState } from '../harness/flows.ts';
import { llmFlow, ModelServer } from '../harness/models.ts';
import { expect, test } from '../harness/test.ts';

const KEY = 'sk-canary-0123456789';

/** Stores a connection as another client does. */
async function put(deck: Deck, name: string, url: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'if-none-match': '*' };
  const body = { type: 'OpenAI', configs: { base_url: url }, secrets: { api_key: KEY } };
  const init = { method: 'PUT', headers, body: JSON.stringify(body) };
  const answer = await deck.api.fetch(`api/projects/default/connections/${name}`, init);
  expect(answer.status, await answer.text()).toBe(200);
}

const playground = (page: Page) => page.getByRole('region', { name: 'Playground' });

/** Opens the playground from the last model's call of the run's timeline. */
async function openFromTimeline(app: App): Promise<void> {
  await app.runTab('Timeline');
  await app.outputs.getByRole('row', { name: /^Completions\.create LLM .* 1,222 tokens/ }).click();
  await app.outputs.getByRole('link', { name: 'Open in playground' }).click();
}

test('a call is changed, made again, compared and copied back', async ({ app, deck, page }) => {
  test.slow();
  const models = await ModelServer.start(KEY);
  try {
    const flow = { ...llmFlow('mine'), 'ask.jinja2': '# system:\nBe brief.\n\n# user:\nSay: {{question}}\n' };
    const folder = addFlow(deck.flows, 'asker', flow);
    await deck.start();
    await put(deck, 'mine', models.url);
    await deck.api.startSession('asker');
    await app.open('asker');
    await app.run();
    await app.runTab('Timeline');
    await app.outputs.getByRole('row', { name: /LLM/ }).last().click();
    await app.outputs.getByRole('link', { name: 'Open in playground' }).click();
    await expect(page).toHaveURL(/[?&]playground=0\./);
    const system = page.getByRole('textbox', { name: 'Message 1' });
    await expect(system).toHaveValue('Be brief.');
    await expect(page.getByRole('combobox', { name: 'Connection' })).toHaveValue('mine');
    const recorded = page.getByRole('region', { name: 'Recorded answer' });
    await expect(recorded).toContainText('small-model heard: Say: How are you?');

    let goOn = (): void => undefined;
    models.goOn = new Promise<void>((resolve) => (goOn = resolve));
    await system.fill('Be long.');
    await page.getByRole('textbox', { name: 'Message 2' }).fill('Say: How is it?');
    await page.getByLabel('Model or deployment').fill('big-model');
    await page.getByLabel('temperature').fill('0.7');
    await page.getByRole('button', { name: 'Run call' }).click();
    const first = page.getByRole('region', { name: 'Try 1' });
    await test.step('the answer streams, and can be stopped', async () => {
      await expect(first).toContainText('big-model');
      await expect(first).not.toContainText('heard');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await expect(first).toContainText('You stopped this call.');
      goOn();
    });
    models.goOn = Promise.resolve();
    await page.getByLabel('temperature').press('Control+Enter');
    const second = page.getByRole('region', { name: 'Try 2' });
    await expect(second).toContainText('big-model heard: Say: How is it?');
    expect(models.heard).toEqual(['system: Be long.', 'user: Say: How is it?']);
    const facts = page.getByRole('region', { name: 'Facts of the calls' });
    await expect(facts.getByRole('row', { name: /^Tokens/ })).toContainText('12');
    await expect(facts.getByRole('row', { name: /^Model/ })).toContainText(/small-model\s*big-model/);
    await expect(page.getByRole('region', { name: 'Differences of the answers' })).toContainText('big-model heard');
    await page.getByLabel('Compare with').selectOption('Try 1');
    await expect(first).toContainText('You stopped this call.');
    await expectAccessible(page);

    const file = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
    await test.step('what an input gave is left to the person', async () => {
      await page.getByRole('button', { name: 'Copy messages to ask.jinja2…' }).click();
      await expect(page.getByText('What you changed comes from an input')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Copy message 1' })).toBeVisible();
      await page.getByRole('textbox', { name: 'Message 2' }).fill('Say: How are you?');
    });
    await test.step('the template’s own text is changed, and can be undone', async () => {
      await page.getByRole('button', { name: 'Copy messages to ask.jinja2…' }).click();
      await expect(page.getByRole('region', { name: 'Changes of ask.jinja2' })).toContainText('Be long.');
      await page.getByRole('button', { name: 'Save ask.jinja2' }).click();
      await expect.poll(() => file('ask.jinja2')).toBe(flow['ask.jinja2'].replace('brief', 'long'));
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => file('ask.jinja2')).toBe(flow['ask.jinja2']);
    });
    await test.step('a parameter goes to the node', async () => {
      await page.getByRole('button', { name: 'Save temperature = 0.7 at ask' }).click();
      await expect.poll(() => file('flow.dag.yaml')).toContain('    temperature: 0.7\n');
    });
    const listed = app.runs.getByRole('listitem');
    await expect(listed, 'a call is no run').toHaveCount(1);
    await test.step('what was typed and tried is there until the page goes', async () => {
      await page.getByRole('link', { name: 'Back to the timeline' }).click();
      await app.outputs.getByRole('link', { name: 'Open in playground' }).click();
      await expect(system).toHaveValue('Be long.');
      await expect(page.getByLabel('Compare with').getByRole('option')).toHaveText(['Try 1', 'Try 2']);
      await page.reload();
      await expect(system).toHaveValue('Be brief.');
      await expect(recorded).toContainText('small-model heard');
    });
    expect(await page.content()).not.toContain(KEY);
  } finally {
    await models.close();
  }
});

test.describe('without a real session', () => {
  test.use({ engine: 'fake' });

  test('what stands in the way of a call is said where it is, with a way out', async ({ app, deck, page }) => {
    addState(deck.flows, 'run-calls');
    await deck.start();
    await app.open('run-calls');
    await app.startSession();
    await app.run();
    await openFromTimeline(app);
    await page.getByRole('button', { name: 'Run call' }).click();
    await expect(playground(page).getByRole('alert')).toContainText('Select a connection.');
    await put(deck, 'mine', 'http://127.0.0.1:9/v1');
    const connection = page.getByRole('combobox', { name: 'Connection' });
    await connection.focus();
    await connection.selectOption('mine');
    await page.getByLabel('temperature').fill('warm');
    await expect(page.getByText('temperature isn’t JSON')).toBeVisible();
    await page.getByLabel('temperature').fill('1');
    await page.getByRole('button', { name: 'Run call' }).click();
    await expect(page.getByRole('region', { name: 'Try 1' })).toContainText('You said: What is a lighthouse');
    await page.getByLabel('Model or deployment').fill('missing');
    await page.getByLabel('Model or deployment').press('Control+Enter');
    await expect(page.getByRole('region', { name: 'Try 2' })).toContainText('No such model.');
    await test.step('a service that is busy is asked again, and the wait can be ended', async () => {
      await page.getByLabel('Model or deployment').fill('busy');
      await page.getByLabel('Model or deployment').press('Control+Enter');
      const third = page.getByRole('region', { name: 'Try 3' });
      await expect(third).toContainText('No answer yet: 429 RateLimitError, try 4 in 8.0 s.');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await expect(third).toContainText('You stopped this call.');
    });
    await test.step('a message is added and removed by keyboard', async () => {
      await page.getByRole('button', { name: 'Add message' }).press('Enter');
      const added = page.getByRole('textbox', { name: 'Message 3' });
      await added.fill('And a pier?');
      await page.getByRole('button', { name: 'Use this try’s values' }).press('Enter');
      await expect(added).toHaveCount(0);
    });
    await page.setViewportSize({ width: 360, height: 800 });
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await test.step('a connection that was deleted is said to be', async () => {
      const gone = await deck.api.fetch('api/projects/default/connections/mine', { method: 'DELETE', headers: { 'if-match': '*' } });
      expect(gone.ok, await gone.text()).toBe(true);
      await page.getByRole('button', { name: 'Run call' }).click();
      await expect(playground(page).getByRole('alert')).toContainText('mine');
      await page.getByRole('button', { name: 'Add connection mine for the call' }).click();
      await expect(page.getByRole('dialog', { name: 'Add connection' })).toBeVisible();
      await page.keyboard.press('Escape');
    });
  });

  test('an address of a call that is gone says so, and without a session one is offered', async ({ app, deck, page }) => {
    addState(deck.flows, 'run-calls');
    await deck.start();
    await app.open('run-calls');
    await app.startSession();
    await app.run();
    await openFromTimeline(app);
    await expect(page.getByRole('button', { name: 'Run call' })).toBeVisible();
    const address = page.url();
    await app.open('run-calls', address.slice(address.indexOf('?')).replace(/playground=[^&]+/, 'playground=7.7'));
    await expect(page.getByText('The run has no such call')).toBeVisible();
    await app.open('run-calls', '?run=00000000000000000000000000000000&playground=1.0');
    await expect(page.getByText('This run is gone')).toBeVisible();
    await deck.api.stopSessions();
    await page.goto(address);
    await playground(page).getByRole('button', { name: 'Start compute session now' }).click();
    await expect(page.getByRole('button', { name: 'Compute session running' })).toBeVisible();
  });
});
