// Reloading the page, or opening it in a second tab, shows what is so.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { addFlow, addSample, fakeFlow, FINDS_NOTHING, WAITS } from '../harness/flows.ts';
import { App } from '../harness/app.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test.use({ engine: 'fake' });

test('no session', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await page.reload();
  await expect(app.startButton).toBeEnabled();
});

test('a session that is starting goes on, in a second tab as well, and runs', async ({ app, context, deck, page }) => {
  const install = { wait: { file: 'installed' } };
  const folder = addFlow(deck.flows, 'slow', fakeFlow({ install }, { 'requirements.txt': 'tiny-thing\n' }));
  await deck.start();
  await app.open('slow');
  await app.startButton.click();
  await app.showSession();
  await expect(app.session).toContainText('Install requirements');
  await page.reload();
  await app.showSession();
  await expect(app.session).toContainText('Install requirements');

  const second = new App(await context.newPage(), deck);
  await second.page.goto(page.url());
  await second.showSession();
  await expect(second.session).toContainText('Install requirements');
  writeFileSync(path.join(folder, 'installed'), '');
  await expect(app.sessionMenu).toBeVisible();
  await expect(second.sessionMenu).toBeVisible();
  await page.reload();
  await expect(app.sessionMenu).toBeVisible();

  await second.stopSession();
  await expect(app.startButton).toBeVisible();
});

test('a start that failed', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'fails', fakeFlow({ install: FINDS_NOTHING }, { 'requirements.txt': 'tiny-nowhere\n' }));
  await deck.start();
  await app.open('fails');
  await app.startButton.click();
  await expect(app.session).toContainText('tiny-nowhere');
  await page.reload();
  await expect(app.session).toContainText('tiny-nowhere');
  await expect(app.startButton).toBeEnabled();
});

test('a run under way, and its end in every tab', async ({ app, context, deck, page }) => {
  const folder = addFlow(deck.flows, 'waits', fakeFlow(WAITS));
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
