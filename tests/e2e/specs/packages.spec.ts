// Installs into a session that runs: where each requirement stands, failures that change nothing, cancel.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import type { App } from '../harness/app.ts';
import type { Deck } from '../harness/deck.ts';
import { addFlow, pythonFlow } from '../harness/flows.ts';
import type { PackageIndex } from '../harness/package-index.ts';
import { expect, test } from '../harness/test.ts';

const INSTALL = { timeout: 90_000 };
const VERSIONS = `import importlib.metadata as m
return " ".join(d.name + "==" + d.version for d in m.distributions() if d.name.startswith("tiny"))`;

/** A session with tiny_thing 1.0.0 from its requirements file; the returned function writes that file anew. */
async function running(deck: Deck, index: PackageIndex, app: App): Promise<(...lines: string[]) => void> {
  index.publish('tiny_thing', '1.0.0', { summary: '<img src=x onerror=alert(1)>' });
  const text = (lines: string[]) => `${[index.option, ...lines].join('\n')}\n`;
  const folder = addFlow(deck.flows, 'packed', pythonFlow(VERSIONS, { 'requirements.txt': text(['tiny-thing==1.0.0']) }));
  await deck.start();
  await app.open('packed');
  await app.startSession();
  return (...lines) => writeFileSync(path.join(folder, 'requirements.txt'), text(lines));
}

async function install(app: App): Promise<void> {
  await app.chooseSession('Install packages from requirements.txt');
  await app.page.getByRole('button', { name: 'Save and install' }).click();
}

async function installEnded(deck: Deck, state: string): Promise<void> {
  await expect.poll(async () => (await deck.api.session('packed')).install?.state, INSTALL).toBe(state);
}

function requirement(app: App, text: string): Locator {
  return app.session.getByRole('list', { name: 'Requirements' }).getByRole('listitem').filter({ hasText: text });
}

async function expectInstalled(app: App, versions: string): Promise<void> {
  await app.setRawMode(false);
  await app.run();
  await expect(app.outputs).toContainText(versions);
}

test('each requirement says where it stands, and what was installed is what runs import', async ({ deck, index, app }) => {
  const write = await running(deck, index, app);
  index.publish('tiny_thing', '2.0.0');
  index.publish('tiny_helper', '0.1.0');
  index.publish('tiny_tool', '3.0.0', { requires: ['tiny_helper'] });
  write('tiny-thing==2.0.0', 'tiny-tool');
  await install(app);
  await installEnded(deck, 'done');
  await app.session.getByText('Phases and log').click();
  await expect(requirement(app, 'tiny-thing==2.0.0')).toContainText(/line 2Installed2\.0\.0/);
  await expect(requirement(app, 'tiny-tool')).toContainText(/line 3Installed3\.0\.0/);
  await expectInstalled(app, 'tiny_thing==2.0.0');
});

test('requirements that contradict each other are both named', async ({ deck, index, app }) => {
  const write = await running(deck, index, app);
  index.publish('tiny_left', '1.0.0', { requires: ['tiny_base==1.0.0'] });
  index.publish('tiny_right', '1.0.0', { requires: ['tiny_base==2.0.0'] });
  index.publish('tiny_base', '1.0.0');
  index.publish('tiny_base', '2.0.0');
  write('tiny-left', 'tiny-right');
  await install(app);
  await installEnded(deck, 'failed');
  await expect(app.session.getByText(/tiny-left.*tiny-right|tiny-right.*tiny-left/).first()).toBeVisible();
  await expectInstalled(app, 'tiny_thing==1.0.0');
});

test('a build that fails leaves the session as it was, and leads to its line', async ({ deck, index, app, page }) => {
  const write = await running(deck, index, app);
  index.publishBroken('tiny_broken', '1.0.0', 'no compiler <b>here</b>');
  write('tiny-thing==1.0.0', 'tiny-broken');
  await install(app);
  await expect(app.session.getByText('The session is as it was before.', { exact: true })).toBeVisible(INSTALL);
  await expect(requirement(app, 'tiny-broken')).toContainText('Failed');
  await expect(app.session.getByText('no compiler <b>here</b>').first()).toBeVisible();
  await expectAccessible(page);
  await app.session.getByRole('button', { name: 'Open requirements.txt line 3' }).click();
  await expect(app.editor('requirements.txt')).toBeFocused();
  await expectInstalled(app, 'tiny_thing==1.0.0');
});

test('an install that takes long is followed over a reload and can be canceled', async ({ deck, index, app, page }) => {
  const write = await running(deck, index, app);
  index.publish('tiny_slow', '1.0.0');
  write('tiny-thing==1.0.0', 'tiny-slow');
  index.hold();
  await install(app);
  const cancel = app.session.getByRole('button', { name: 'Cancel install' });
  await expect(cancel).toBeVisible();
  await page.reload();
  await expect(requirement(app, 'tiny-slow')).toBeVisible();
  await expectAccessible(page);
  await cancel.click();
  await expect(cancel).toBeHidden(INSTALL);
  await installEnded(deck, 'canceled');
  index.release();
  await expectInstalled(app, 'tiny_thing==1.0.0');
});
