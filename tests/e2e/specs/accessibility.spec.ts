// Every page and state: axe finds nothing, light and dark, narrow and wide, and nothing scrolls sideways.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample, fakeFlow, FINDS_NOTHING, WAITS } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('signing in', async ({ deck, page }) => {
  await deck.start();
  await page.goto(deck.url());
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Token').fill('wrong');
  await page.getByLabel('Token').press('Enter');
  await expect(page.getByRole('main').getByRole('alert')).not.toBeEmpty();
  await expectAccessible(page);
});

test('the flows page: empty, full, with a broken flow and long names, without a server', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  await expect(page.getByRole('heading', { name: 'No flows yet' })).toBeVisible();
  await expectAccessible(page);
  addSample(deck.flows, 'greeting');
  addFlow(deck.flows, 'broken', { 'flow.dag.yaml': 'nodes: [\n' });
  addFlow(deck.flows, 'n'.repeat(60), { 'flow.dag.yaml': `description: ${'words '.repeat(60)}\nnodes: []\n` });
  await expect(page.getByRole('row')).toHaveCount(4);
  await expectAccessible(page);
  await page.getByRole('searchbox').fill('nothing like it');
  await expectAccessible(page);
  await deck.kill();
  await expect(page.getByRole('alert').filter({ hasText: 'Connection lost' })).toBeVisible();
  await expectAccessible(page);
});

test('while things load', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/api/projects/**', async (route) => {
    await gate;
    await route.continue();
  });
  for (const address of ['', 'flows/greeting', 'flows/greeting?raw=1']) {
    await page.goto(deck.url(address));
    await expect(page.getByRole('main')).toBeVisible();
    await expectAccessible(page);
  }
  go();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('the flow page through the life of a session', async ({ app, deck, page }) => {
  // Six states.
  test.slow();
  const requirements = { 'requirements.txt': 'tiny-nowhere\n' };
  const folder = addFlow(deck.flows, 'life', fakeFlow({ install: FINDS_NOTHING }, requirements));
  await deck.start();
  await app.open('life');
  await expectAccessible(page);

  await test.step('failed', async () => {
    await app.startButton.click();
    await expect(app.session).toContainText('tiny-nowhere');
    await expectAccessible(page);
  });
  await test.step('starting', async () => {
    addFlow(deck.flows, 'life', fakeFlow({ ...WAITS, install: { wait: { file: 'installed' } } }, requirements));
    await app.startButton.click();
    // With the failure goes the drawer that it opened.
    await expect(app.startButton).toBeHidden();
    await app.showSession();
    await expect(app.session).toContainText('Install requirements');
    await expectAccessible(page);
    await app.hideSession();
    writeFileSync(path.join(folder, 'installed'), '');
  });
  await test.step('running, with its menu', async () => {
    await expect(app.sessionMenu).toBeVisible();
    await expectAccessible(page);
    await app.sessionMenu.click();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
  });
  await test.step('a run under way, and its end', async () => {
    await app.beginRun();
    await expect(app.node('work')).toContainText('Running');
    await expectAccessible(page);
    writeFileSync(path.join(folder, 'go'), '');
    await app.expectRun('Completed');
    await expectAccessible(page);
  });
  await test.step('a run that failed', async () => {
    addFlow(deck.flows, 'life', fakeFlow({ nodes: { work: { raises: { message: 'no' } } } }));
    await app.run('Failed');
    await expectAccessible(page);
  });
});

test('dialogs', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await app.pressRefused(app.runButton);
  await expect(page.getByRole('button', { name: 'Start compute session now' })).toBeVisible();
  await expectAccessible(page);
  await app.startSession();
  for (const item of ['View installed packages', 'Reset compute session']) {
    await app.chooseSession(item);
    await expect(app.dialog).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(app.dialog).toBeHidden();
  }
});

test('raw file mode: a tree, an editor with findings, a conflict, a file that is no text', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'raw', {
    'flow.dag.yaml': 'outputs:\n  a:\n    type: string\nnodes: []\n',
    'parts/deep/notes.md': '# Notes\n',
    'binary.bin': Buffer.from([0, 1, 2]),
    'requirements.txt': 'humanize\n',
  });
  await deck.start();
  await app.open('raw', '?raw=1');
  await expectAccessible(page);
  await app.openFile('flow.dag.yaml');
  await expect(app.findingMarks.first()).toBeVisible();
  await expectAccessible(page);
  await app.openFile('requirements.txt');
  await expectAccessible(page);
  await app.file('binary.bin').click();
  await expectAccessible(page);
  await app.openFile('flow.dag.yaml');
  await app.append('flow.dag.yaml', '# mine\n');
  writeFileSync(path.join(folder, 'flow.dag.yaml'), 'nodes: [] # theirs\n');
  await app.saveOverChange();
  await expectAccessible(page);
});
