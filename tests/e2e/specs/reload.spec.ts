// Reloading the page, or opening it in a second tab, shows what is so.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { addFlow, addSample, pythonFlow, WAITING } from '../harness/flows.ts';
import { App } from '../harness/app.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test('no session', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await page.reload();
  await expect(app.startButton).toBeEnabled();
});

test('a session that is starting goes on, in a second tab as well, and runs', async ({ app, context, deck, index, page }) => {
  index.publish('tiny_thing', '1.0.0');
  index.hold();
  addFlow(deck.flows, 'slow', pythonFlow('return text', { 'requirements.txt': `${index.option}\ntiny-thing\n` }));
  await deck.start();
  await app.open('slow');
  await app.startButton.click();
  await until('the install to ask the index', () => index.asked > 0);
  await page.reload();
  await app.showSession();
  await expect(app.session).toContainText('Install requirements');

  const second = new App(await context.newPage(), deck);
  await second.page.goto(page.url());
  await second.showSession();
  await expect(second.session).toContainText('Install requirements');
  index.release();
  await expect(app.sessionMenu).toBeVisible({ timeout: 90_000 });
  await expect(second.sessionMenu).toBeVisible();
  await page.reload();
  await expect(app.sessionMenu).toBeVisible();

  await second.stopSession();
  await expect(app.startButton).toBeVisible();
});

test('a start that failed', async ({ app, deck, index, page }) => {
  addFlow(deck.flows, 'fails', pythonFlow('return text', { 'requirements.txt': `${index.option}\nnot-there\n` }));
  await deck.start();
  await app.open('fails');
  await app.startButton.click();
  await expect(app.session).toContainText('not-there', { timeout: 60_000 });
  await page.reload();
  await expect(app.session).toContainText('not-there');
  await expect(app.startButton).toBeEnabled();
});

test('a run under way, and its end in every tab', async ({ app, context, deck, page }) => {
  const folder = addFlow(deck.flows, 'waits', pythonFlow(WAITING));
  await deck.start();
  await app.open('waits');
  await app.startSession();
  await app.beginRun();
  await expect(app.node('work')).toContainText('Running');
  await page.reload();
  await expect(app.node('work')).toContainText('Running');
  const second = new App(await context.newPage(), deck);
  await second.page.goto(page.url());
  await expect(second.node('work')).toContainText('Running');
  writeFileSync(path.join(folder, 'go'), '');
  await app.expectRun('Completed');
  await second.expectRun('Completed');
  await page.reload();
  await expect(app.outputs).toContainText('HELLO');
});

test('unsaved edits are restored, and saving them ends it', async ({ app, deck, page }) => {
  const folder = addSample(deck.flows, 'greeting');
  await deck.start();
  await app.edit('greeting', 'compose.jinja2');
  await app.append('compose.jinja2', ' (unsaved)');
  await page.reload();
  await expect(app.editor('compose.jinja2')).toContainText('(unsaved)');
  await app.saveButton.click();
  await until('the file to be saved', () => text(path.join(folder, 'compose.jinja2')).includes('(unsaved)'));
  await page.reload();
  await expect(app.editor('compose.jinja2')).toContainText('(unsaved)');
  await expect(app.saveButton).toHaveAttribute('aria-disabled', 'true');
});

function text(file: string): string {
  return readFileSync(file, 'utf8');
}
