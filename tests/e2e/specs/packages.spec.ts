// Packages of a session that runs: the plan of an install, where each requirement stands, failures that change nothing,
// cancel, going back, and what somebody installed by hand.

import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator } from '@playwright/test';

import { expectAccessible, expectNarrow } from '../harness/accessibility.ts';
import type { App } from '../harness/app.ts';
import type { Deck } from '../harness/deck.ts';
import { addFlow, fakeFlow, pythonFlow } from '../harness/flows.ts';
import type { PackageIndex } from '../harness/package-index.ts';
import { expect, test } from '../harness/test.ts';

const INSTALL = { timeout: 90_000 };
const VERSIONS = `import importlib.metadata as m
return " ".join(d.name + "==" + d.version for d in m.distributions() if d.name.startswith("tiny"))`;

/** A session with tiny_thing 1.0.0 from its requirements file; the returned function writes that file anew. */
async function running(
  deck: Deck,
  index: PackageIndex,
  app: App,
  body = VERSIONS,
  ...more: string[]
): Promise<(...lines: string[]) => void> {
  index.publish('tiny_thing', '1.0.0', { summary: '<img src=x onerror=alert(1)>' });
  const text = (lines: string[]) => `${[index.option, ...lines].join('\n')}\n`;
  const files = { 'requirements.txt': text(['tiny-thing==1.0.0', ...more]) };
  const folder = addFlow(deck.flows, 'packed', pythonFlow(body, files));
  await deck.start();
  await app.open('packed');
  await app.startSession();
  return (...lines) => writeFileSync(path.join(folder, 'requirements.txt'), text(lines));
}

async function openRequirements(app: App): Promise<void> {
  await app.chooseSession('Install packages from requirements.txt');
  await expect(app.editor('requirements.txt')).toBeVisible();
}

async function install(app: App): Promise<void> {
  await openRequirements(app);
  await app.saveAndInstall();
}

async function installEnded(deck: Deck, state: string): Promise<void> {
  await expect.poll(async () => (await deck.api.session('packed')).install?.state, INSTALL).toBe(state);
}

function requirement(app: App, text: string): Locator {
  return app.session.getByRole('list', { name: 'Requirements' }).getByRole('listitem').filter({ hasText: text });
}

/** One line of the plan that is shown. */
function planned(app: App, kind: string, text: string): Locator {
  return app.dialog.getByRole('list', { name: kind }).getByRole('listitem').filter({ hasText: text });
}

function packageRow(app: App, name: string): Locator {
  return app.dialog.getByRole('row').filter({ has: app.page.getByRole('rowheader', { name, exact: true }) });
}

async function expectInstalled(app: App, versions: string): Promise<void> {
  await app.setRawMode(false);
  await app.run();
  await expect(app.outputs).toContainText(versions);
}

test('a plan says what an install changes; then each requirement says where it stands, and runs import it', async ({
  deck,
  index,
  app,
  page,
}) => {
  index.publish('tiny_old', '1.0.0');
  index.publish('tiny_old', '2.0.0');
  index.publish('tiny_same', '1.0.0');
  index.publish('tiny_gone', '1.0.0');
  const write = await running(deck, index, app, VERSIONS, 'tiny-old==2.0.0', 'tiny-same', 'tiny-gone');
  index.publish('tiny_thing', '2.0.0');
  index.publish('tiny_helper', '0.1.0');
  index.publish('tiny_tool', '3.0.0', { requires: ['tiny_helper'] });
  write('tiny-thing==2.0.0', 'tiny-tool', 'tiny-old==1.0.0', 'tiny-same');
  await openRequirements(app);
  await page.getByRole('button', { name: 'Save and install' }).click();
  const begin = app.dialog.getByRole('button', { name: 'Install', exact: true });
  await expect(begin).toBeFocused();
  await expect(app.dialog.getByRole('status').first()).toContainText(
    /Packages: 2 added, 1 upgraded, 1 downgraded, 1 removed, \d+ unchanged\./,
    INSTALL,
  );
  await expect(planned(app, 'Added', 'tiny-tool')).toContainText(/3\.0\.0.*requirements\.txt line 3/);
  await expect(planned(app, 'Added', 'tiny-helper')).toContainText('0.1.0');
  await expect(planned(app, 'Upgraded', 'tiny-thing')).toContainText('1.0.0 → 2.0.0');
  await expect(planned(app, 'Downgraded', 'tiny-old')).toContainText('2.0.0 → 1.0.0');
  await expect(planned(app, 'Removed', 'tiny-gone')).toContainText('1.0.0');
  await expect(planned(app, 'Already installed', 'tiny-same')).toContainText('requirements.txt line 5');
  await expectAccessible(page);
  await begin.click();
  await installEnded(deck, 'done');
  await app.showSession();
  await app.session.getByText('Startup steps and log').click();
  await expect(requirement(app, 'tiny-thing==2.0.0')).toContainText(/line 2Installed2\.0\.0/);
  await expect(requirement(app, 'tiny-tool')).toContainText(/line 3Installed3\.0\.0/);
  await expectInstalled(app, 'tiny_thing==2.0.0');
});

test('requirements that contradict each other are both named by the plan, and nothing changes', async ({
  deck,
  index,
  app,
  page,
}) => {
  const write = await running(deck, index, app);
  index.publish('tiny_left', '1.0.0', { requires: ['tiny_base==1.0.0'] });
  index.publish('tiny_right', '1.0.0', { requires: ['tiny_base==2.0.0'] });
  index.publish('tiny_base', '1.0.0');
  index.publish('tiny_base', '2.0.0');
  write('tiny-left', 'tiny-right');
  await openRequirements(app);
  await page.getByRole('button', { name: 'Save and install' }).click();
  const failure = app.dialog.getByRole('alert');
  await expect(failure).toContainText('These packages can’t be installed.', INSTALL);
  await expect(failure).toContainText(/tiny-left.*tiny-right|tiny-right.*tiny-left/);
  await expect(app.dialog.getByRole('button', { name: 'Install', exact: true })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page);
  await failure.getByRole('button', { name: /^Open requirements\.txt line [23]$/ }).click();
  await expect(app.dialog).toBeHidden();
  await expect(app.editor('requirements.txt')).toBeFocused();
  await expectInstalled(app, 'tiny_thing==1.0.0');
});

test('a build that fails leaves the session as it was, and leads to its line', async ({ deck, index, app, page }) => {
  const write = await running(deck, index, app);
  index.publishBroken('tiny_broken', '1.0.0', 'no compiler <b>here</b>');
  write('tiny-thing==1.0.0', 'tiny-broken');
  await install(app);
  await installEnded(deck, 'failed');
  await app.showSession();
  await expect(app.session.getByText('The compute session didn’t change.', { exact: true })).toBeVisible(INSTALL);
  await expect(requirement(app, 'tiny-broken')).toContainText('Failed');
  await expect(app.session.getByText('no compiler <b>here</b>').first()).toBeVisible();
  await expectAccessible(page);
  await app.session.getByRole('button', { name: 'Open requirements.txt line 3' }).click();
  await expect(app.editor('requirements.txt')).toBeFocused();
  await expectInstalled(app, 'tiny_thing==1.0.0');
});

test('a change on disk makes the session out of date; what came before an install can be restored', async ({
  deck,
  index,
  app,
  page,
}) => {
  const write = await running(deck, index, app);
  index.publish('tiny_thing', '2.0.0');
  write('tiny-thing==2.0.0');
  await app.showSession();
  await app.session.getByRole('button', { name: 'Reset compute session' }).click();
  await expect(page.getByRole('alertdialog', { name: 'Reset compute session?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(app.dialog).toBeHidden();

  await test.step('View installed packages tells what differs', async () => {
    await app.chooseSession('View installed packages');
    const differences = app.dialog.getByRole('list', { name: 'Differences' });
    await expect(differences).toContainText('requirements.txt line 2: 1.0.0 is installed; an install changes it to 2.0.0', INSTALL);
    await expect(app.dialog.getByRole('heading', { name: 'Last good set' })).toHaveCount(0);
    await expectAccessible(page);
    await app.dialog.getByRole('button', { name: 'See what an install would change' }).click();
    await expect(planned(app, 'Upgraded', 'tiny-thing')).toBeVisible(INSTALL);
    await page.keyboard.press('Escape');
    await expect(app.dialog).toBeHidden();
  });

  const out = app.session.getByRole('button', { name: 'Install', exact: true });
  await test.step('a plan that is out of date says so and is made anew', async () => {
    const more = (text: string): void => writeFileSync(path.join(deck.flows, 'packed', 'more.txt'), text);
    more('tiny-thing==2.0.0\n');
    write('-r more.txt');
    await out.click();
    await expect(planned(app, 'Upgraded', 'tiny-thing')).toContainText('more.txt line 1', INSTALL);
    index.hold();
    more('tiny-thing==1.0.0\n');
    const status = app.dialog.getByRole('status').first();
    await expect(status).toHaveText('more.txt changed. Updating the plan …');
    index.release();
    await expect(status).toContainText('Nothing to install', INSTALL);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(app.dialog).toBeHidden();
    write('tiny-thing==2.0.0');
  });
  await out.click();
  await expect(planned(app, 'Upgraded', 'tiny-thing')).toContainText('1.0.0 → 2.0.0', INSTALL);
  await app.dialog.getByRole('button', { name: 'Install', exact: true }).click();
  await installEnded(deck, 'done');
  await expect(out).toHaveCount(0);
  await expectInstalled(app, 'tiny_thing==2.0.0');

  await app.chooseSession('View installed packages');
  await app.dialog.getByRole('button', { name: 'Restore the last good set' }).click();
  await app.dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(app.dialog).toBeHidden();
  await expect(out).toBeVisible(INSTALL);
  await expectInstalled(app, 'tiny_thing==1.0.0');
});

test('what was installed by hand is listed with its origin, and named before it is lost', async ({ deck, index, app, page }) => {
  const name = 'tiny<b>hand';
  const body = `import io, sysconfig, urllib.request, zipfile
wheel = urllib.request.urlopen("${index.wheelUrl(name, '1.0')}").read()
zipfile.ZipFile(io.BytesIO(wheel)).extractall(sysconfig.get_path("purelib"))
return "done"`;
  index.publish(name, '1.0');
  index.publish('tiny_helper', '0.1.0');
  index.publish('tiny_tool', '3.0.0', { requires: ['tiny_helper'] });
  await running(deck, index, app, body, 'tiny-tool');
  await app.run();

  await app.chooseSession('View installed packages');
  await expect(packageRow(app, name)).toContainText('Installed by hand');
  await expect(packageRow(app, 'tiny-tool')).toContainText('requirements.txt line 3');
  await expect(packageRow(app, 'tiny-helper')).toContainText('Dependency of tiny-tool');
  await expect(packageRow(app, 'promptflow-core')).toContainText('Base image');
  // uv does not bear such a name: what is there is told all the same.
  await expect(app.dialog.getByRole('alert')).toContainText('Couldn’t compare the packages', INSTALL);
  await expectNarrow(page, app.dialog.getByRole('group', { name: 'Packages' }));
  await expectAccessible(page);
  await app.dialog.getByRole('searchbox').fill('by hand');
  await expect(app.dialog.getByRole('status').first()).toContainText(/^1 of \d+ packages$/);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.dialog.getByRole('button', { name: 'Copy lock' }).click();
  const lock = await page.evaluate(() => navigator.clipboard.readText());
  expect(lock).toContain('tiny-tool==3.0.0\n');
  await page.keyboard.press('Escape');

  for (const act of ['Reset', 'Stop']) {
    await app.chooseSession(`${act} compute session`);
    const dialog = page.getByRole('alertdialog', { name: `${act} compute session?` });
    await expect(dialog.getByRole('list', { name: 'Manually installed packages' })).toHaveText(`${name} 1.0`);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});

test.describe('without an install', () => {
  test.use({ engine: 'fake' });

  test('a plan and an install that take long can be left, followed over a reload and canceled', async ({
    deck,
    app,
    page,
  }) => {
    const thing = { 'requirements.txt': 'tiny-thing==1.0.0\n' };
    const both = { 'requirements.txt': 'tiny-thing==1.0.0\ntiny-slow\n' };
    const holds = { wait: { file: 'released' } };
    const folder = addFlow(deck.flows, 'packed', fakeFlow({ startInstall: {}, dryRun: holds, install: holds }, thing));
    await deck.start();
    await app.open('packed');
    await app.startSession();
    addFlow(deck.flows, 'packed', both);
    await openRequirements(app);
    await page.getByRole('button', { name: 'Save and install' }).click();
    await expect(app.dialog).toContainText('Making the plan');
    await expectAccessible(page);
    await app.dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(app.dialog).toBeHidden();
    writeFileSync(path.join(folder, 'released'), '');

    await page.getByRole('button', { name: 'Save and install' }).click();
    await expect(planned(app, 'Added', 'tiny-slow')).toBeVisible(INSTALL);
    rmSync(path.join(folder, 'released'));
    await app.dialog.getByRole('button', { name: 'Install', exact: true }).click();
    const cancel = app.session.getByRole('button', { name: 'Cancel install' });
    await app.showSession();
    await expect(cancel).toBeVisible();
    await page.reload();
    await app.showSession();
    await expect(requirement(app, 'tiny-slow')).toBeVisible();
    await expectAccessible(page);
    await cancel.click();
    await expect(cancel).toBeHidden(INSTALL);
    await installEnded(deck, 'canceled');
    await app.setRawMode(false);
    await app.run();
  });
});
