// Environments that are kept: a reset takes a moment, and one can be built anew.

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, pythonFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

const READY = { timeout: 90_000 };

test('a reset reuses the environment of an earlier install unless it is to be rebuilt', async ({ deck, index, app, page }) => {
  index.publish('tiny_thing', '1.0.0');
  const requirements = `${index.option}\ntiny-thing\n`;
  addFlow(deck.flows, 'again', pythonFlow('return __import__("tiny_thing").__name__', { 'requirements.txt': requirements }));
  await deck.start();
  await app.open('again');
  await app.startSession();
  const asked = index.asked;
  const first = (await deck.api.session('again')).sessionId;

  await app.chooseSession('Reset compute session');
  const dialog = page.getByRole('alertdialog', { name: 'Reset compute session?' });
  const rebuild = dialog.getByRole('checkbox', { name: 'Rebuild without cache' });
  await expect(rebuild).not.toBeChecked();
  await expect(dialog).toContainText('(1 environment, ');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await app.showSession();
  await expect(app.session).toContainText('Reused a cached environment', READY);
  await expect(app.session).toContainText(/Saved \d/);
  const second = await deck.api.session('again');
  expect([second.route, second.sessionId !== first]).toEqual(['kept', true]);
  expect(index.asked).toBe(asked);
  await app.run();
  await expect(app.outputs).toContainText('tiny_thing');

  await app.chooseSession('Reset compute session');
  await rebuild.check();
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await expect(app.session).toContainText('New environment on the base packages', READY);
  expect(await deck.api.sessionLog('again')).toContain('Rebuilding without the cache: no kept environment and no earlier download is used.');
  await expect(app.sessionMenu).toBeVisible(READY);
  expect((await deck.api.session('again')).route).toBe('base');
});

test('where no environment is kept a reset can leave downloads aside, if the flow asks for any', async ({ deck, index, app, page }) => {
  index.publish('tiny_thing', '1.0.0');
  const requirements = `${index.option}\ntiny-thing\n`;
  addFlow(deck.flows, 'asks', pythonFlow('return __import__("tiny_thing").__name__', { 'requirements.txt': requirements }));
  addFlow(deck.flows, 'asks-for-none', pythonFlow('return text'));
  deck.options.args.push('--environment-cache', '0');
  await deck.start();
  await app.open('asks');
  await app.startSession();
  await app.chooseSession('Reset compute session');
  const dialog = page.getByRole('alertdialog', { name: 'Reset compute session?' });
  const rebuild = dialog.getByRole('checkbox', { name: 'Rebuild without cache' });
  await expect(rebuild).toHaveAccessibleDescription(/instead of using earlier downloads\. This server keeps no environments\.$/);
  await expectAccessible(page);
  const asked = index.asked;
  await rebuild.check();
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => index.asked, READY).toBeGreaterThan(asked);
  await expect(app.sessionMenu).toBeVisible(READY);

  await app.open('asks-for-none');
  await app.startSession();
  await app.chooseSession('Reset compute session');
  await expect(dialog.getByRole('button', { name: 'Reset' })).toBeVisible();
  await expect(rebuild).toBeHidden();
});
