// What an install says when it fails, and that it installs what was asked for when it does not.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { addFlow, addSample, pythonFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

const MISSING = 'no-such-package-anywhere';

test('a requirement that does not exist is named in a line, with the log beneath; fixed, it starts', async ({
  deck,
  index,
  app,
}) => {
  index.publish('tiny_thing', '1.2.0');
  const folder = addFlow(deck.flows, 'needy', pythonFlow('import tiny_thing\nreturn f"{text} {tiny_thing.VERSION}"', {
    'requirements.txt': `${index.option}\n${MISSING}==9.9\n`,
  }));
  await deck.start();
  await app.open('needy');

  await app.startButton.click();
  await expect(app.session).toContainText(MISSING, { timeout: 60_000 });
  await expect.poll(async () => (await deck.api.session('needy')).state).toBe('failed');
  const failure = (await deck.api.session('needy')).failure;
  expect(failure?.message).toContain(MISSING);
  expect(failure?.message).not.toContain('\n');
  await expect(app.session.getByText(failure?.message ?? '', { exact: true })).toBeVisible();
  await expect(app.sessionLog).toContainText('requirements.txt');

  writeFileSync(path.join(folder, 'requirements.txt'), `${index.option}\ntiny-thing==1.2.0\n`);
  await app.startSession();
  await app.run();
  await expect(app.outputs).toContainText('hello 1.2.0');
});

test('a package from requirements.txt can be used and is listed', async ({ deck, page, app }) => {
  addSample(deck.flows, 'reading-time');
  await deck.start();
  await app.open('reading-time');
  await app.startSession();
  await app.run();
  await expect(app.outputs).toContainText('17 words, about 4 seconds');

  await app.chooseSession('View installed packages');
  await expect(app.dialog).toContainText('humanize');
  await page.keyboard.press('Escape');
  await expect(app.dialog).toBeHidden();
});

test('an install into a running session brings a package without a restart by hand', async ({ deck, index, app }) => {
  index.publish('tiny_thing', '2.0.0');
  const folder = addFlow(deck.flows, 'late', pythonFlow('import tiny_thing\nreturn tiny_thing.VERSION'));
  await deck.start();
  await app.open('late');
  await app.startSession();
  await app.run('Failed');
  writeFileSync(path.join(folder, 'requirements.txt'), `${index.option}\ntiny-thing\n`);
  await app.showSession();
  await expect(app.session).toContainText('The packages of requirements.txt aren’t installed yet.');
  await app.hideSession();
  await app.chooseSession('Install packages from requirements.txt');
  await app.saveAndInstall();
  await app.showSession();
  await expect(app.session).not.toContainText('The packages of requirements.txt aren’t installed yet.', { timeout: 60_000 });
  await app.setRawMode(false);
  await app.run();
  await expect(app.outputs).toContainText('2.0.0');
});

test('names and versions are offered while one types, and a name that the index lacks is marked', async ({ deck, index, page, app }) => {
  index.publish('tiny_thing', '1.2.0');
  index.publish('tiny_thing', '1.10.0');
  addFlow(deck.flows, 'typed', pythonFlow('return text', { 'requirements.txt': `${index.option}\ntiny-thing\n` }));
  await deck.start();
  await app.open('typed', '?raw=1');
  await app.openFile('requirements.txt');
  const offers = page.getByRole('listbox', { name: 'Completions' });

  await test.step('a known name', async () => {
    await app.editor('requirements.txt').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('flas');
    await expect(offers.getByRole('option', { name: 'flask', exact: true })).toBeVisible();
    await page.keyboard.press('Escape');
    await app.write('requirements.txt', `${index.option}\ntiny-thing`);
  });
  await test.step('its versions, newest first, by the keyboard', async () => {
    await page.keyboard.type('==1');
    await expect(offers.getByRole('option')).toHaveText(['1.10.0', '1.2.0']);
    // For a moment after a list has come, the editor takes keys as meant for the text.
    await expect(async () => {
      await page.keyboard.press('ArrowDown');
      await expect(offers.getByRole('option', { name: '1.2.0' })).toHaveAttribute('aria-selected', 'true', { timeout: 500 });
    }).toPass();
    await page.keyboard.press('Enter');
    await expect(app.editor('requirements.txt')).toContainText('tiny-thing==1.2.0');
  });
  await test.step('a name that is nearly right', async () => {
    await app.append('requirements.txt', '\nfalsk\n');
    await expect(app.problems).toContainText('falsk');
    await expect(app.problems).toContainText('Did you mean ‘flask’?');
    await app.problems.getByRole('button', { name: 'Change to flask' }).click();
    await expect(app.editor('requirements.txt')).toContainText('flask');
    await expect(app.problems).not.toContainText('falsk');
  });
});

test.describe('without an install', () => {
  test.use({ engine: 'fake' });

  test('a flow without requirements gets a file from the menu, and its definition names it', async ({ deck, app }) => {
    const folder = addFlow(deck.flows, 'bare', pythonFlow('return text'));
    await deck.start();
    await app.open('bare');
    await app.startSession();
    await app.chooseSession('Install packages from requirements.txt');
    await app.page.getByRole('button', { name: 'Create requirements.txt' }).click();
    await expect(app.editor('requirements.txt')).toBeVisible();
    await expect(app.page.getByRole('button', { name: 'Save and install' })).toBeVisible();
    await expect(app.page.getByRole('button', { name: 'Save only' })).toBeVisible();
    await expect
      .poll(() => readFileSync(path.join(folder, 'flow.dag.yaml'), 'utf8'))
      .toContain('environment:\n  python_requirements_txt: requirements.txt\n');
    expect(readFileSync(path.join(folder, 'requirements.txt'), 'utf8')).toBe('');
  });

  test('a requirements file of another name is one from the first look', async ({ deck, app }) => {
    const flow = pythonFlow('return text', { 'deps/all.txt': 'tiny-thing\n' });
    flow['flow.dag.yaml'] += 'environment:\n  python_requirements_txt: deps/all.txt\n';
    addFlow(deck.flows, 'elsewhere', flow);
    await deck.start();
    await app.edit('elsewhere', 'deps/all.txt');
    await expect(app.page.getByRole('button', { name: 'Save only' })).toBeVisible();
  });
});
