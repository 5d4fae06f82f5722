// From a runtime of a compute instance to a compute session: what is written is shown first, and is all that is written.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator, Page } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const START = { timeout: 90_000 };
const IMAGE = 'registry.example.com/prompt-flow:20240124';
const LONG = 'n'.repeat(60);
const RUNTIMES = `vmSizes:
  - {name: Small, vCPUs: 1, memoryGB: 1}
computeInstances:
  - {name: team-box, vmSize: Small}
runtimes:
  - name: team-box-runtime
    computeInstance: team-box
    environment: prompt-flow:7
    image: ${IMAGE}
    description: Runtime of the support team
  - name: plain-runtime
    computeInstance: team-box
`;

function changed(page: Page, file: string): Locator {
  return page.getByRole('list', { name: `Lines that change in ${file}` });
}

test('the assistant prepares the files, shows the difference, writes it and starts the session', async ({ app, deck, page }) => {
  test.slow();
  deck.configure(RUNTIMES);
  const flow = fakeFlow();
  const yaml = `# kept\n${flow['flow.dag.yaml']}`;
  const folder = addFlow(deck.flows, LONG, {
    ...flow,
    'flow.dag.yaml': yaml,
    'requirements.txt': '# ours\npromptflow==1.0.0\npromptflow-tools==1.0.0 # old\n',
  });
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('sessions'));
  const runtimes = page.getByRole('region', { name: 'Runtimes of compute instances' });
  await expect(runtimes).toContainText('team-box-runtime');
  await expect(runtimes).toContainText(IMAGE);
  await expectAccessible(page);
  await runtimes.getByRole('link', { name: 'Upgrade to compute session for team-box-runtime' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Upgrade to compute session' })).toBeFocused();
  await expect(page.getByRole('main')).toContainText('You can keep using it');
  await expect(page.getByRole('main')).toContainText('This server can’t run container images');
  await expect(page.getByRole('radio', { name: 'Continue without the image' })).toBeChecked();
  await expectAccessible(page);

  await page.getByLabel('Flow to upgrade').selectOption({ value: LONG });
  await expect(changed(page, 'flow.dag.yaml')).toHaveText(/python_requirements_txt: requirements\.txt/);
  await expect(changed(page, 'flow.dag.yaml')).not.toContainText('image');
  await page.getByRole('radio', { name: 'Use the image of the runtime’s environment' }).check();
  await expect(page).toHaveURL(/image=runtime/);
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Use the image of the runtime’s environment' })).toBeChecked();
  await expect(changed(page, 'flow.dag.yaml')).toContainText(`image: ${IMAGE}`);
  await expect(changed(page, 'requirements.txt')).toContainText('− promptflow==1.0.0');
  await expect(page.getByRole('main')).toContainText('Versions of promptflow’s packages are removed');
  await expect(page.getByRole('main')).toContainText('Line 3: promptflow-tools==1.0.0 # old');
  await expect(page.getByText('Warning', { exact: true })).toBeVisible();
  await expectAccessible(page);
  expect(readFileSync(path.join(folder, 'flow.dag.yaml'), 'utf8'), 'before the button').toBe(yaml);

  await page.getByRole('button', { name: 'Save and start compute session' }).click();
  await expect(page.getByRole('group', { name: 'Flow actions' })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`flows/${LONG}$`));
  const written = readFileSync(path.join(folder, 'flow.dag.yaml'), 'utf8');
  expect(written.startsWith(yaml)).toBe(true);
  expect(written.slice(yaml.length)).toBe(`environment:\n  image: ${IMAGE}\n  python_requirements_txt: requirements.txt\n`);
  expect(readFileSync(path.join(folder, 'requirements.txt'), 'utf8')).toBe('# ours\npromptflow\npromptflow-tools # old\n');
  await expect(app.sessionMenu).toBeVisible(START);
  expect(await deck.api.instances(), 'nothing is done to the compute instance').toMatchObject([{ state: 'Stopped' }]);
});

test('a missing requirements file is made; what changed meanwhile is shown again, not overwritten', async ({ app, deck, page }) => {
  test.slow();
  deck.configure(RUNTIMES);
  const folder = addFlow(deck.flows, 'plain', fakeFlow());
  const yaml = path.join(folder, 'flow.dag.yaml');
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('upgrade/plain-runtime?flow=plain'));
  await expect(page.getByRole('main')).toContainText('No image is listed for this runtime');
  await expect(page.getByRole('main')).toContainText('requirements.txt is created:');
  await expect(changed(page, 'requirements.txt')).toContainText('come with the base image');
  await expectAccessible(page);

  await test.step('another program is faster than the page', async () => {
    const theirs = `${readFileSync(yaml, 'utf8')}# theirs\n`;
    await page.route('**/files/**', async (route) => {
      if (route.request().method() === 'GET' && readFileSync(yaml, 'utf8') !== theirs) writeFileSync(yaml, theirs);
      await route.continue();
    });
    await page.getByRole('button', { name: 'Save and start compute session' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Couldn’t upgrade the flow' })).toContainText(
      'flow.dag.yaml changed after you reviewed it. Nothing was saved.',
    );
    await expectAccessible(page);
    await page.unrouteAll({ behavior: 'wait' });
    expect(readFileSync(yaml, 'utf8')).toBe(theirs);
    expect(existsSync(path.join(folder, 'requirements.txt'))).toBe(false);
  });

  await page.getByRole('button', { name: 'Save and start compute session' }).click();
  await expect(app.sessionMenu).toBeVisible(START);
  expect(readFileSync(yaml, 'utf8')).toContain('# theirs\nenvironment:\n  python_requirements_txt: requirements.txt\n');
  expect(readFileSync(path.join(folder, 'requirements.txt'), 'utf8')).toContain('promptflow');

  await test.step('a session that runs is reset, and nothing has to be written', async () => {
    const before = await deck.api.session('plain');
    await page.goto(deck.url('upgrade/plain-runtime?flow=plain'));
    await expect(page.getByRole('main')).toContainText('No changes needed');
    await expect(page.getByRole('main')).toContainText('The flow’s compute session will be reset');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Reset compute session' }).click();
    await expect(page.getByRole('group', { name: 'Flow actions' })).toBeVisible();
    await expect(async () => {
      const now = await deck.api.session('plain');
      expect(now.state).toBe('available');
      expect(now.sessionId).not.toBe(before.sessionId);
    }).toPass(START);
  });
});

test('what cannot be upgraded says why', async ({ app, deck, page }) => {
  deck.configure(RUNTIMES);
  addFlow(deck.flows, 'broken', { 'flow.dag.yaml': 'nodes: [\n' });
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('upgrade/team-box-runtime?flow=broken'));
  await expect(page.getByRole('main')).toContainText('Can’t change flow.dag.yaml.');
  await expect(page.getByRole('button', { name: /Start compute session$/i })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page);
  await page.goto(deck.url('upgrade/team-box-runtime?flow=not-there'));
  await expect(page.getByRole('main').getByRole('alert')).toContainText('not-there');
  await expect(page.getByRole('alert')).toHaveCount(1);
  await expectAccessible(page);
  await page.goto(deck.url('upgrade/nowhere'));
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Runtime ‘nowhere’ doesn’t exist.');
  await expectAccessible(page);
});
