// The wizard with compute instances and sizes of the administrator's.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample, pythonFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';
import { Wizard } from '../harness/wizard.ts';

test.use({ engine: 'fake' });

const CONFIG = `quota: {vCPUs: 3, memoryGB: 4}
vmSizes:
  - {name: Small, vCPUs: 1, memoryGB: 1}
  - {name: Large, vCPUs: 2, memoryGB: 3}
identities:
  - name: feed-reader
    description: Reads the feed
    clientId: flowdeck
    credentialFile: feed-reader.token
    hosts: [feeds.example.com]
computeInstances:
  - {name: team-box, vmSize: Small, identity: feed-reader, idleShutdown: 30m}
`;

test('a compute instance is picked and started; its size and identity are its own, its idle time is set', async ({ app, deck, page }) => {
  test.slow();
  addSample(deck.flows, 'greeting');
  writeFileSync(path.join(deck.root, 'feed-reader.token'), 'a-token\n', { mode: 0o600 });
  deck.configure(CONFIG);
  await deck.start();
  await app.open('greeting');
  const wizard = await Wizard.open(app);
  await wizard.radio('Compute instance').check();
  const instance = wizard.dialog.getByLabel('Name of the compute instance');
  await wizard.next();
  await expect(instance).toBeFocused();
  await expect(instance).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);

  await instance.selectOption('team-box');
  await expect(wizard.sizes).toBeHidden();
  await expect(wizard.identity).toBeHidden();
  await expect(wizard.dialog).toContainText('Small: 1 vCPU, 1 GiB (fixed)');
  await expect(wizard.dialog).toContainText('feed-reader (fixed)');
  await expect(wizard.dialog).toContainText('Stopped');
  await expect(wizard.idle).toBeEnabled();
  await wizard.next();
  await wizard.expectStep('Compute settings');
  await expect(instance).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);
  await wizard.button('Start compute instance').click();
  await expect(wizard.dialog).toContainText('Running, no compute sessions');
  await expect(instance).toBeFocused();
  await expect(instance).not.toHaveAttribute('aria-invalid');
  await wizard.idle.fill('45');
  await wizard.idleUnit.selectOption('minutes');
  await wizard.review();
  await expect(wizard.choice('Compute instance')).toContainText('team-box');
  await expect(wizard.choice('Virtual machine size')).toContainText('Small');
  await expect(wizard.choice('Identity')).toContainText('feed-reader (fixed)');
  await expect(wizard.choice('Idle shutdown time')).toContainText('45 minutes');
  await expectAccessible(page);
  await wizard.apply.click();
  await expect(app.sessionMenu).toBeVisible();
  await app.showSession();
  await expect(app.facts).toContainText('team-box');
  expect(await deck.api.instances()).toMatchObject([{ state: 'Running', sessions: 1 }]);

  await app.stopSession();
  expect(await deck.api.instances(), 'idle, not gone').toMatchObject([{ state: 'Running', sessions: 0 }]);
});

test('sizes beyond the quota are disabled with the reason', async ({ app, deck, page }) => {
  test.slow();
  addSample(deck.flows, 'greeting');
  addFlow(deck.flows, 'other', pythonFlow('return text'));
  writeFileSync(path.join(deck.root, 'feed-reader.token'), 'a-token\n', { mode: 0o600 });
  deck.configure(CONFIG);
  await deck.start();
  await deck.api.putSettings('other', { compute: { serverless: { vmSize: 'Large' } } });
  await app.open('greeting');
  const wizard = await Wizard.open(app);
  await expect(wizard.size('Small')).toBeEnabled();
  await expect(wizard.size('Large')).toBeDisabled();
  await expect(wizard.size('Large')).toHaveAccessibleDescription(/Not enough quota: needs 2 vCPUs and 3 GiB, .* available/);
  await expect(wizard.dialog).toContainText('Quota available: 1 of 3 vCPUs, 1 of 4 GiB.');
  await expect(wizard.identity.getByRole('option')).toHaveText(['My own identity', 'feed-reader: Reads the feed']);
  await expectAccessible(page);
});
