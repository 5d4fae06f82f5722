// In raw file mode, too, nothing that one may be about to press moves when a state changes, and all of it is in view.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator } from '@playwright/test';

import type { App } from '../harness/app.ts';
import { addFlow, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

/** Where things are, by their names, in whole pixels of the window. */
type Places = Record<string, string>;

async function place(name: string, locator: Locator): Promise<[string, string]> {
  const box = await locator.boundingBox();
  return [name, box ? [box.x, box.y, box.width, box.height].map(Math.round).join(' ') : 'not shown'];
}

/** What of the page's head stays when raw file mode is turned on and off. */
async function head(app: App): Promise<Places> {
  const found = await Promise.all([
    place('session', app.page.getByRole('group', { name: 'Compute session' })),
    place('details', app.sessionDetails),
    place('raw file mode', app.rawSwitch),
    place('save', app.saveButton),
    place('run', app.runButton),
  ]);
  return Object.fromEntries(found);
}

/** What is pressed in raw file mode whatever the session does. */
async function places(app: App, file: string): Promise<Places> {
  const { page } = app;
  const found = await Promise.all([
    place('files', page.getByRole('button', { name: 'New file' })),
    place('runs', app.runs.getByRole('heading', { name: 'Runs' })),
    place('tab', page.getByRole('tab', { name: file })),
    place('save and install', page.getByRole('button', { name: 'Save and install' })),
    place('editor', page.locator('.cm-editor')),
    place('problems', page.getByRole('tab', { name: 'Problems' })),
    place('install', page.getByRole('tab', { name: 'Install' })),
    place('hide', page.getByRole('button', { name: 'Hide panel' })),
  ]);
  const tab = found.find(([name]) => name === 'tab');
  // It tells of unsaved edits, and so may grow.
  if (tab) tab[1] = tab[1].split(' ').slice(0, 2).join(' ');
  return { ...(await head(app)), ...Object.fromEntries(found) };
}

for (const width of [1280, 1920]) {
  test(`at ${width} px nothing moves through a start, a first key, an install, a run and a stop`, async ({ app, deck, page }) => {
    test.slow();
    await page.setViewportSize({ width, height: 800 });
    const folder = addFlow(deck.flows, 'steady', {
      ...fakeFlow({
        startRuntime: { wait: { file: 'folded/ready' } },
        startInstall: {},
        install: { wait: { file: 'folded/installed' } },
        nodes: { work: { wait: { file: 'folded/go' } } },
      }),
      'requirements.txt': '# none\n',
      'folded/notes.md': '',
    });
    await deck.start();
    await app.edit('steady', 'requirements.txt');
    await expect(app.startButton).toBeVisible();
    await expect(app.runs).toContainText('No runs yet');
    await expect(page.getByText('No problems').first()).toBeVisible();
    const before = await places(app, 'requirements.txt');
    expect(Object.values(before)).not.toContain('not shown');
    const expectSteady = async (when: string): Promise<void> => {
      expect.soft(await places(app, 'requirements.txt'), when).toEqual(before);
    };

    await app.startButton.click();
    await expect(page.getByRole('button', { name: 'Stop compute session' })).toBeVisible();
    await expectSteady('while it starts');
    writeFileSync(path.join(folder, 'folded/ready'), '');
    await expect(app.sessionMenu).toBeVisible();
    await expectSteady('while it runs');
    await app.append('requirements.txt', 'tiny-frames\n');
    await expect(page.getByText('1 unsaved file')).toBeVisible();
    await expectSteady('after a first key');
    await app.saveAndInstall();
    await expect(page.getByRole('button', { name: 'Cancel install' })).toBeVisible();
    await expectSteady('during an install');
    writeFileSync(path.join(folder, 'folded/installed'), '');
    await expect(page.getByRole('button', { name: 'Cancel install' })).toBeHidden();
    await expectSteady('after an install');
    await app.beginRun();
    await expectSteady('during a run');
    writeFileSync(path.join(folder, 'folded/go'), '');
    await app.expectRun('Completed');
    await expectSteady('after a run');
    await app.stopSession();
    await expectSteady('after a stop');
  });
}

for (const width of [800, 1280, 1920]) {
  test(`at ${width} px raw file mode fills the window, and its switch stays under the pointer`, async ({ app, deck, page }) => {
    await page.setViewportSize({ width, height: 800 });
    addFlow(deck.flows, 'steady', fakeFlow());
    await deck.start();
    await app.open('steady');
    await expect(app.startButton).toBeVisible();
    await expect(app.file('work.py')).toBeVisible();
    const before = await head(app);
    await app.setRawMode(true);
    await expect(app.editor('flow.dag.yaml')).toBeVisible();
    // The navigation makes room for the editor, at the other end.
    if (width >= 1100) expect(await head(app)).toEqual(before);
    const frame = await page.getByRole('region', { name: 'Raw file mode' }).boundingBox();
    expect(frame && Math.round(frame.x + frame.width), 'its right edge').toBe(width);
    expect(frame && Math.round(frame.y + frame.height), 'its lower edge').toBe(800);
    await app.setRawMode(false);
    await expect(app.input('text')).toBeVisible();
    expect(await head(app)).toEqual(before);
  });
}

test('files with long names keep their tabs apart', async ({ app, deck, page }) => {
  const names = ['a', 'b', 'c'].map((letter) => `${letter.repeat(60)}.py`);
  addFlow(deck.flows, 'long', { ...fakeFlow(), ...Object.fromEntries(names.map((name) => [name, '# nothing\n'])) });
  await deck.start();
  await app.edit('long', 'flow.dag.yaml');
  for (const name of names) await app.openFile(name);
  const tabs = page.getByRole('tablist', { name: 'Open files' }).getByRole('tab');
  await expect(tabs).toHaveCount(4);
  const cut = await tabs.evaluateAll((all) => all.filter((tab) => tab.scrollWidth > tab.clientWidth).map((tab) => tab.getAttribute('title')));
  expect(cut, 'tabs that are wider inside than outside').toEqual([]);
  // The tab of the file that was opened last is in view, and what closes it is in it.
  await expect(tabs.last()).toBeInViewport({ ratio: 0.99 });
  await tabs.last().locator('svg').click();
  await expect(tabs).toHaveCount(3);
});
