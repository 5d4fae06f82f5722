// The server is killed in the middle of things, and started again: the page then shows what is so.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { addFlow, addSample, pythonFlow, WAITING } from '../harness/flows.ts';
import { sessionProcesses } from '../harness/leftovers.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test('in the middle of a start', async ({ deck, screen }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await screen.open('greeting');
  await screen.startButton.click();
  await until('the runtime to be on its way', () => sessionProcesses(deck.data).length > 0);
  await deck.kill();
  await deck.start();
  await screen.page.reload();
  await expect(screen.startButton.or(screen.sessionMenu)).toBeVisible({ timeout: 90_000 });
  if (await screen.startButton.isVisible()) {
    await expect(screen.session).toContainText(/server.*(ended|stopped|restarted)/i);
    await screen.startSession();
  }
  await screen.run();
  await expect(screen.outputs).toContainText('Hello Ada');
});

test('in the middle of an install', async ({ deck, index, screen }) => {
  index.publish('tiny_thing', '1.0.0');
  addFlow(deck.flows, 'slow', pythonFlow('import tiny_thing\nreturn tiny_thing.VERSION', {
    'requirements.txt': `${index.option}\ntiny-thing\n`,
  }));
  index.hold();
  await deck.start();
  await screen.open('slow');
  await screen.startButton.click();
  await until('the install to ask the index', () => index.asked > 0);
  await deck.kill();
  index.release();
  await deck.start();
  await screen.page.reload();
  await expect(screen.startButton.or(screen.sessionMenu)).toBeVisible({ timeout: 90_000 });
  if (await screen.startButton.isVisible()) {
    await expect(screen.session).toContainText(/server.*(ended|stopped|restarted)/i);
    await screen.startSession();
  }
  await screen.run();
  await expect(screen.outputs).toContainText('1.0.0');
});

test('in the middle of a run: the session lives, the run is told as interrupted or is gone on with', async ({
  deck,
  screen,
}) => {
  const folder = addFlow(deck.flows, 'waits', pythonFlow(WAITING));
  await deck.start();
  await screen.open('waits');
  await screen.startSession();
  await screen.runButton.click();
  await expect(screen.node('work')).toContainText('Running');
  await deck.kill();
  await deck.start();
  await screen.page.reload();
  await expect(screen.sessionMenu).toBeVisible();
  await screen.expectRun('Interrupted');
  writeFileSync(path.join(folder, 'go'), '');
  await screen.run();
  await expect(screen.outputs).toContainText('HELLO');
});

test('in the middle of a save: the file is old or new, never torn', async ({ deck, screen }) => {
  const folder = addSample(deck.flows, 'greeting');
  const file = path.join(folder, 'compose.jinja2');
  const old = readFileSync(file, 'utf8');
  const sizes = [1, 200_000, 1_900_000];
  await deck.start();
  for (const size of sizes) {
    writeFileSync(file, old);
    await screen.edit('greeting', 'compose.jinja2');
    await screen.write('compose.jinja2', 'x'.repeat(size));
    const sent = screen.page.waitForRequest((request) => request.method() === 'PUT');
    await screen.saveButton.click();
    await sent;
    await deck.kill();
    expect([old, 'x'.repeat(size)]).toContain(readFileSync(file, 'utf8').trimEnd() === 'x'.repeat(size) ? 'x'.repeat(size) : readFileSync(file, 'utf8'));
    await deck.start();
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
    expect(existsSync(file)).toBe(true);
    await screen.page.evaluate(() => localStorage.clear());
  }
});

test('a save that found no server is not lost', async ({ deck, screen }) => {
  const folder = addSample(deck.flows, 'greeting');
  await deck.start();
  await screen.edit('greeting', 'finish.py');
  await screen.append('finish.py', '# kept\n');
  await deck.kill();
  await screen.saveButton.click();
  await expect(screen.page.getByRole('alert').filter({ hasText: 'does not answer' })).toBeVisible();
  await deck.start();
  await screen.page.reload();
  await expect(screen.editor('finish.py')).toContainText('# kept');
  await screen.saveButton.click();
  await until('the file to be saved', () => readFileSync(path.join(folder, 'finish.py'), 'utf8').includes('# kept'));
});

test('a session that runs is still there, with its whole log', async ({ deck, screen }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await screen.open('greeting');
  await screen.startSession();
  const log = await (await deck.api.fetch('api/projects/default/flows/greeting/session/log')).text();
  expect(log).not.toBe('');
  await deck.kill();
  await deck.start();
  await screen.page.reload();
  await expect(screen.sessionMenu).toBeVisible();
  expect(await (await deck.api.fetch('api/projects/default/flows/greeting/session/log')).text()).toBe(log);
  await screen.run();
  await expect(screen.outputs).toContainText('Hello Ada');
});
