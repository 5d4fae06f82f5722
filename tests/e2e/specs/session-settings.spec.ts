// A session that runs: what it has, when it ends, and changing, resetting and stopping it knowing what is lost.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample, fakeFlow, WAITS } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';
import { Wizard } from '../harness/wizard.ts';

test.use({ engine: 'fake' });

const START = { timeout: 90_000 };

test('the idle time changes in place; another size says beforehand that the session is reset', async ({ app, deck, page }) => {
  test.slow();
  addSample(deck.flows, 'greeting');
  await deck.start();
  const [size, larger] = (await deck.api.sizes()).map((size) => size.name);
  const before = await deck.api.putSettings('greeting', {
    compute: { serverless: { vmSize: size } },
    idleShutdown: { after: 1800 },
  });
  await app.open('greeting');
  await app.showSession();
  await expect(app.facts).toContainText(size ?? '');
  await expect(app.facts).toContainText('Up ');
  await expect(app.facts).toContainText(/stops in (30|29) min/);

  await test.step('today’s values, and nothing to apply yet', async () => {
    const wizard = await Wizard.change(app);
    await expect(wizard.size(size ?? '')).toBeChecked();
    await expect(wizard.idle).toHaveValue('30');
    await wizard.review();
    await expect(wizard.dialog).toContainText('You haven’t changed anything yet.');
    await expect(wizard.applyChanges).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('Escape');
    await expect(wizard.dialog).toBeHidden();
  });
  await test.step('the idle time', async () => {
    const wizard = await Wizard.change(app);
    await wizard.idle.fill('2');
    await wizard.idleUnit.selectOption('hours');
    await wizard.review();
    await expect(wizard.dialog).toContainText('Applies immediately. The session keeps running.');
    await wizard.applyChanges.click();
    await expect(wizard.dialog).toBeHidden();
    await expect(app.facts).toContainText(/stops in (2 h|1 h 59)/);
    expect((await deck.api.session('greeting')).sessionId).toBe(before.sessionId);
  });
  await test.step('the size', async () => {
    const wizard = await Wizard.change(app);
    await wizard.size(larger ?? '').check();
    await wizard.review();
    await expect(wizard.dialog).toContainText('The compute session will be reset');
    await expectAccessible(page);
    await wizard.applyChanges.click();
    await expect(wizard.dialog).toBeHidden();
    await expect(app.facts).toContainText(larger ?? '', START);
    const after = await deck.api.session('greeting');
    expect(after.sessionId).not.toBe(before.sessionId);
    expect(after.maxIdleTimeSeconds).toBe(7200);
  });
});

test('before an idle session ends there is a warning, seen and heard, and a way to put it off', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await deck.api.putSettings('greeting', { idleShutdown: { after: 20 } });
  await app.open('greeting');
  const warning = page.getByText(/Your compute session stops at .* because it’s idle/).last();
  await expect(warning).toBeVisible({ timeout: 40_000 });
  await expect(app.status).toContainText('Select Keep running to keep it.');
  const due = (await deck.api.session('greeting')).idleDeadline ?? 0;
  await page.getByRole('button', { name: 'Keep running' }).last().click();
  await expect(app.session.page().getByText(/It stops in .*\. Run, install or edit/)).toBeHidden();
  const later = (await deck.api.session('greeting')).idleDeadline ?? 0;
  expect(later).toBeGreaterThan(due);
  await expect(app.sessionMenu).toBeFocused();

  await expect(page.getByText(/It stops in .*\. Run, install or edit/)).toBeVisible({ timeout: 40_000 });
  await expectAccessible(page);
  await expect(app.startButton).toBeVisible(START);
});

test('putting off the end stands beside the end, however long a size is named', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  deck.configure('vmSizes:\n  - {name: Standard_NC24ads_A100_v4, vCPUs: 1, memoryGB: 1}\n');
  await deck.start();
  await deck.api.putSettings('greeting', { idleShutdown: { after: 1800 } });
  await app.open('greeting');
  await app.showSession();
  await expect(app.facts).toContainText('Standard_NC24ads_A100_v4');
  const fact = app.facts.getByRole('listitem').filter({ hasText: 'stops in' });
  const words = fact.getByText(/stops in/);
  const button = fact.getByRole('button', { name: 'Keep running' });
  for (const width of [360, 1280, 2560]) {
    await page.setViewportSize({ width, height: 800 });
    // The time that is left may change between the two looks.
    await expect(async () => {
      const [left, right] = [await words.boundingBox(), await button.boundingBox()];
      if (!left || !right) throw new Error('the end is not shown');
      expect(right.x).toBeGreaterThanOrEqual(left.x + left.width);
      expect(Math.abs(left.y + left.height / 2 - (right.y + right.height / 2))).toBeLessThan(2);
    }).toPass();
  }
});

test('a session that does not count says why', async ({ app, deck }) => {
  const folder = addFlow(deck.flows, 'busy', fakeFlow(WAITS));
  await deck.start();
  await deck.api.putSettings('busy', { idleShutdown: 'never' });
  await app.open('busy');
  await app.showSession();
  await expect(app.facts).toContainText('No idle shutdown');
  await deck.api.putSettings('busy', { idleShutdown: { after: 600 } });
  await expect(app.facts).toContainText(/stops in (10|9) min/);
  await app.beginRun();
  await expect(app.facts).toContainText(/run/i);
  await expect(app.facts).not.toContainText('stops in');
  writeFileSync(path.join(folder, 'go'), '');
  await app.expectRun('Completed');
  await expect(app.facts).toContainText(/stops in/);
});

test('Reset and Stop name what is in progress and would be lost', async ({ app, deck, page }) => {
  test.slow();
  addFlow(deck.flows, 'busy', fakeFlow(WAITS));
  await deck.start();
  const size = (await deck.api.sizes())[1]?.name;
  const before = await deck.api.putSettings('busy', {
    compute: { serverless: { vmSize: size } },
    idleShutdown: { after: 3000 },
  });
  await app.open('busy');
  await app.beginRun();
  await expect(app.node('work')).toContainText('Running');

  await app.chooseSession('Stop compute session');
  const stop = page.getByRole('alertdialog', { name: 'Stop compute session?' });
  await expect(stop).toContainText('Run 1 is in progress and will be canceled.');
  await expect(stop).toContainText(/manually installed/i);
  await expect(stop.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(stop).toBeHidden();

  await app.chooseSession('Reset compute session');
  const reset = page.getByRole('alertdialog', { name: 'Reset compute session?' });
  await expect(reset).toContainText('Run 1 is in progress and will be canceled.');
  await expectAccessible(page);
  await reset.getByRole('button', { name: 'Reset', exact: true }).click();
  await until('another session to be there', async () => {
    const now = await deck.api.session('busy');
    return now.state === 'available' && now.sessionId !== before.sessionId;
  }, 90_000);
  await expect(app.sessionMenu).toBeFocused();
  const after = await deck.api.session('busy');
  expect([after.size?.name, after.maxIdleTimeSeconds], 'the same settings').toEqual([size, 3000]);

  await app.stopSession();
  await expect(app.startButton).toBeFocused();
});
