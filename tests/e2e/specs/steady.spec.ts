// Nothing that one may be about to press moves when a state changes.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator } from '@playwright/test';

import type { App } from '../harness/app.ts';
import { addFlow, fakeFlow, FINDS_NOTHING } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

/** Where things are, by their names, in whole pixels of the page. */
type Places = Record<string, string>;

async function place(name: string, locator: Locator): Promise<[string, string]> {
  const box = await locator.boundingBox();
  return [name, box ? [box.x, box.y, box.width].map(Math.round).join(' ') : 'not shown'];
}

/** What is pressed on the flow page whatever the session does. */
async function places(app: App): Promise<Places> {
  const { page } = app;
  const found = await Promise.all([
    place('session', page.getByRole('group', { name: 'Compute session' })),
    place('details', app.sessionDetails),
    place('raw file mode', app.rawSwitch),
    place('save', app.saveButton),
    place('run', app.runButton),
    place('input', app.input('text')),
    place('outputs', app.outputs),
    place('first node', page.getByRole('button', { name: 'Run this node: work' })),
    place('second node', page.getByRole('button', { name: 'Run this node: then' })),
    place('files', page.getByRole('button', { name: 'New file' })),
    place('runs', app.runs),
  ]);
  return Object.fromEntries(found);
}

const TWO_NODES = `inputs:
  text:
    type: string
    default: x
outputs:
  text:
    type: string
    reference: \${then.output}
nodes:
- name: work
  type: python
  source:
    type: code
    path: work.py
  inputs:
    text: \${inputs.text}
- name: then
  type: python
  source:
    type: code
    path: work.py
  inputs:
    text: \${work.output}
`;

for (const width of [1280, 1920]) {
  test(`at ${width} px nothing moves through a start, a run, a failure, a stop and a first key`, async ({ app, deck, page }) => {
    test.slow();
    await page.setViewportSize({ width, height: 800 });
    const scenario = {
      startRuntime: { wait: { file: 'folded/ready' } },
      nodes: { work: { wait: { file: 'folded/go' } } },
    };
    const files = { 'flow.dag.yaml': TWO_NODES, 'folded/notes.md': '' };
    const folder = addFlow(deck.flows, 'steady', { ...fakeFlow(scenario), ...files });
    await deck.start();
    await app.open('steady');
    await expect(app.startButton).toBeVisible();
    await expect(app.runs).toContainText('No runs yet');
    await expect(app.file('work.py')).toBeVisible();
    const before = await places(app);
    expect(Object.values(before)).not.toContain('not shown');
    const expectSteady = async (when: string): Promise<void> => expect.soft(await places(app), when).toEqual(before);

    await app.startButton.click();
    await expect(page.getByRole('button', { name: 'Stop compute session' })).toBeVisible();
    await expectSteady('while it starts');
    writeFileSync(path.join(folder, 'folded/ready'), '');
    await expect(app.sessionMenu).toBeVisible();
    await expectSteady('while it runs');
    await app.beginRun();
    await expectSteady('during a run');
    writeFileSync(path.join(folder, 'folded/go'), '');
    await app.expectRun('Completed');
    await expectSteady('after a run');
    await app.input('text').fill('y');
    await expectSteady('after a key');
    await app.runNode('then');
    await expectSteady('after a run of a node');
    await app.stopSession();
    await expectSteady('after a stop');
  });
}

test('what fails opens the drawer, which gives the focus back and closes what it opened', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'needy', fakeFlow({ install: FINDS_NOTHING }, { 'requirements.txt': 'tiny-nowhere\n' }));
  await deck.start();
  await app.open('needy');
  await expect(app.startButton).toBeVisible();
  await expect(app.session).toBeHidden();
  await app.sessionDetails.click();
  await expect(app.session.getByRole('heading', { name: 'Compute session' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(app.session).toBeHidden();
  await expect(app.sessionDetails).toBeFocused();
  await app.startButton.click();
  await expect(app.session).toContainText('tiny-nowhere');
  await expect(app.session.getByRole('heading', { name: 'Compute session' })).not.toBeFocused();
  addFlow(deck.flows, 'needy', fakeFlow({ install: { wait: { file: 'never' } } }));
  await app.startButton.click();
  await expect(app.session).toBeHidden();
});
