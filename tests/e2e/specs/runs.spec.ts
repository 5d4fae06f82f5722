// Runs: live, cancelled, of one node, remembered, of every kind of flow.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { addFlow, addSample, fakeFlow, pythonFlow, WAITING } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test('states and log lines come live, and a run can be cancelled', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'waits', pythonFlow(WAITING));
  await deck.start();
  await app.open('waits');
  await app.startSession();
  await app.beginRun();
  await expect(app.node('work')).toContainText('Running');
  await expect(await app.runTab('Log')).toContainText('waiting for go');

  await page.getByRole('button', { name: 'Cancel run' }).click();
  await app.expectRun('Canceled');
  writeFileSync(path.join(folder, 'go'), '');
  await app.run();
  await expect(app.outputs).toContainText('HELLO');
  await expect(app.node('work')).toContainText('Completed');
});

test('a node runs alone, with what it refers to from the run before', async ({ app, deck }) => {
  const folder = addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await app.startSession();
  await app.run();
  writeFileSync(
    path.join(folder, 'finish.py'),
    'from promptflow.core import tool\n\n\n@tool\ndef finish(text: str, excited: bool) -> dict:\n' +
      '    return {"text": "alone: " + text.strip(), "words": 1}\n',
  );
  await app.runNode('finish');
  await expect(await app.nodeTab('finish', 'Output')).toContainText('alone: Hello Ada');
});

test('inputs are typed, and every run keeps its own, over a restart of the server', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await app.startSession();
  await app.run();
  await app.input('name').fill('Linus');
  await app.input('excited').setChecked(false);
  await app.run();
  await expect(app.outputs).toContainText('Hello Linus, welcome to prompt flow.');
  await deck.kill();
  await deck.start();
  await page.reload();
  await expect(app.outputs).toContainText('Hello Linus');
  await app.chooseRun(1);
  await expect(app.outputs).toContainText('Hello Ada');
});

test('a branch that is not taken is shown as bypassed', async ({ app, deck }) => {
  addSample(deck.flows, 'triage-ticket');
  await deck.start();
  await app.open('triage-ticket');
  await app.startSession();
  await app.run();
  await expect(app.node('normal_reply')).toContainText('Bypassed');
  await expect(app.node('urgent_reply')).toContainText('Completed');
  await expect(app.outputs).toContainText('a billing specialist will answer within the hour');
});

test('an evaluation shows its metrics', async ({ app, deck }) => {
  addSample(deck.flows, 'score-answers');
  await deck.start();
  await app.open('score-answers');
  await app.startSession();
  await app.run();
  const metrics = await app.runTab('Metrics');
  await expect(metrics).toContainText('mean_score');
  await expect(metrics).toContainText('0.364');
});

test('a chat flow answers', async ({ app, deck }) => {
  addSample(deck.flows, 'chat-with-notes');
  await deck.start();
  await app.open('chat-with-notes');
  await app.startSession();
  await app.run();
  await expect(app.outputs).toContainText('Noted. That makes 1 so far.');
  await app.outputs.getByRole('button', { name: 'Continue the chat from here' }).click();
  await app.input('question').fill('What did I say?');
  await app.run();
  await expect(app.outputs).toContainText('water the plants');
});

test.describe('without an executor', () => {
  test.use({ engine: 'fake' });

  test('without a session, Run says why it cannot and offers to start one', async ({ app, deck, page }) => {
    addSample(deck.flows, 'greeting');
    await deck.start();
    await app.open('greeting');
    await app.pressRefused(app.runButton);
    await expect(page.getByRole('alert')).toContainText('Start a compute session to run this flow.');
    await page.getByRole('button', { name: 'Start compute session now' }).click();
    await expect(app.sessionMenu).toBeVisible();
    await app.run();
  });

  test('a value that is none of its type is refused at its field', async ({ app, deck }) => {
    addSample(deck.flows, 'reading-time');
    await deck.start();
    await app.open('reading-time');
    const field = app.input('words_per_minute');
    await field.fill('many');
    await field.blur();
    await expect(field).toHaveAttribute('aria-invalid', 'true');
  });

  test('a session that dies is told at once, with what to do', async ({ app, deck }) => {
    addFlow(deck.flows, 'dies', fakeFlow({ nodes: { work: { endsRuntime: true } } }));
    await deck.start();
    await app.open('dies');
    await app.startSession();
    await app.runButton.click();
    await expect(app.startButton).toBeVisible();
    await until('the session to be failed', async () => (await deck.api.session('dies')).state === 'failed');
    await app.startSession();
  });
});
