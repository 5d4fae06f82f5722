// The server is killed in the middle of things, and started again: the page then shows what is so.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { addFlow, addSample, pythonFlow, WAITING } from '../harness/flows.ts';
import { sessionProcesses } from '../harness/leftovers.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test('in the middle of a start', async ({ deck, app }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await app.startButton.click();
  await until('the runtime to be on its way', () => sessionProcesses(deck.data).length > 0);
  await deck.kill();
  await deck.start();
  await app.page.reload();
  await app.showSession();
  await expect(app.sessionLog).toContainText('The server was restarted. Starting the session again.');
  await expect(app.sessionMenu).toBeVisible({ timeout: 90_000 });
  await app.run();
  await expect(app.outputs).toContainText('Hello Ada');
});

test('in the middle of an install', async ({ deck, index, app }) => {
  index.publish('tiny_thing', '1.0.0');
  addFlow(deck.flows, 'slow', pythonFlow('import tiny_thing\nreturn tiny_thing.VERSION', {
    'requirements.txt': `${index.option}\ntiny-thing\n`,
  }));
  index.hold();
  await deck.start();
  await app.open('slow');
  await app.startButton.click();
  await until('the install to ask the index', () => index.asked > 0);
  await deck.kill();
  index.release();
  await deck.start();
  await app.page.reload();
  await app.showSession();
  await expect(app.sessionLog).toContainText('The server was restarted. Starting the session again.');
  await expect(app.sessionMenu).toBeVisible({ timeout: 90_000 });
  await app.run();
  await expect(app.outputs).toContainText('1.0.0');
});

test('in the middle of a run: the session lives, the run is told as interrupted or is gone on with', async ({
  deck,
  app,
}) => {
  const folder = addFlow(deck.flows, 'waits', pythonFlow(WAITING));
  await deck.start();
  await app.open('waits');
  await app.startSession();
  await app.beginRun();
  await expect(app.node('work')).toContainText('Running');
  await deck.kill();
  await deck.start();
  await app.page.reload();
  await expect(app.sessionMenu).toBeVisible();
  await app.expectRun('Interrupted');
  writeFileSync(path.join(folder, 'go'), '');
  await app.run();
  await expect(app.outputs).toContainText('HELLO');
});

test('a session that runs is still there, with its whole log', async ({ deck, app }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await app.startSession();
  const log = await (await deck.api.fetch('api/projects/default/flows/greeting/session/log')).text();
  expect(log).not.toBe('');
  await deck.kill();
  await deck.start();
  await app.page.reload();
  await expect(app.sessionMenu).toBeVisible();
  expect(await (await deck.api.fetch('api/projects/default/flows/greeting/session/log')).text()).toBe(log);
  await app.run();
  await expect(app.outputs).toContainText('Hello Ada');
});

test.describe('without a session', () => {
  test.use({ engine: 'fake' });

  test('in the middle of a save: the file is old or new, never torn', async ({ deck, app }) => {
    const folder = addSample(deck.flows, 'greeting');
    const file = path.join(folder, 'compose.jinja2');
    const old = readFileSync(file, 'utf8');
    const files = readdirSync(folder).sort();
    const sizes = [1, 200_000, 1_900_000];
    await deck.start();
    for (const size of sizes) {
      writeFileSync(file, old);
      await app.edit('greeting', 'compose.jinja2');
      await app.write('compose.jinja2', 'x'.repeat(size));
      const sent = app.page.waitForRequest((request) => request.method() === 'PUT');
      await app.saveButton.click();
      await sent;
      await deck.kill();
      const found = readFileSync(file, 'utf8');
      expect(found === old || found === 'x'.repeat(size), `${size} bytes: ${found.length} found`).toBe(true);
      await deck.start();
      expect(readdirSync(folder).sort()).toEqual(files);
      await app.page.evaluate(() => localStorage.clear());
    }
  });

  test('a save that found no server is not lost', async ({ deck, app }) => {
    const folder = addSample(deck.flows, 'greeting');
    await deck.start();
    await app.edit('greeting', 'finish.py');
    await app.append('finish.py', '# kept\n');
    await deck.kill();
    await app.saveButton.click();
    // Not only the banner: a save still on its way would reach the next server.
    // It is told once.
    await expect(app.page.getByText('Can’t save finish.py', { exact: true })).toBeVisible();
    await expect(app.page.getByRole('main').getByText('Can’t save')).toHaveCount(1);
    await expect(app.status.getByRole('button', { name: 'Dismiss' })).toHaveCount(0);
    await deck.start();
    await app.page.reload();
    await expect(app.editor('finish.py')).toContainText('# kept');
    await app.saveButton.click();
    await until('the file to be saved', () => readFileSync(path.join(folder, 'finish.py'), 'utf8').includes('# kept'));
  });
});
