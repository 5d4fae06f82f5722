// The pictures of the author's guide, in the order of its sections.

import path from 'node:path';

import type { App } from '../harness/app.ts';
import { edited } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';
import { Wizard } from '../harness/wizard.ts';
import { Studio, prepare, tidyPaths } from './studio.ts';

const FLOW = 'reading-time';
const INSTALL = { timeout: 120_000 };

/** The flow page's heading, toolbar and what is around. */
function head(app: App) {
  return [app.page.getByRole('heading', { level: 1 }), app.page.getByRole('group', { name: 'Flow actions' })];
}

const VIEWPORT = { width: 1080, height: 900 };

test.use({ viewport: VIEWPORT });

test('the pictures of the guide', async ({ app, deck, page }) => {
  await prepare(deck);
  await tidyPaths(page, deck);
  const studio = new Studio(page);
  const menu = page.getByRole('menu');
  await app.open(FLOW);

  await test.step('create a compute session', async () => {
    await page.getByRole('button', { name: 'Compute session options' }).click();
    await studio.parts('guide-start', ...head(app), menu);
    await page.keyboard.press('Escape');

    // All of the step is seen.
    await page.setViewportSize({ ...VIEWPORT, height: 1000 });
    const wizard = await Wizard.open(app);
    await wizard.size('Standard_D2').check();
    await wizard.idle.fill('30');
    await wizard.idleUnit.selectOption('minutes');
    await wizard.identity.selectOption('feed-reader');
    await studio.parts('guide-compute', wizard.dialog);
    await page.setViewportSize(VIEWPORT);
    await wizard.radio('Compute instance').check();
    await wizard.dialog.getByLabel('Name of the compute instance').selectOption('team-box');
    await expect(wizard.dialog).toContainText('feed-reader');
    await studio.parts('guide-instance', wizard.dialog);
    await wizard.radio('Serverless compute').check();
    await wizard.next();
    await wizard.expectStep('Base image');
    await wizard.radio('Custom base image').check();
    await wizard.imageUrl.fill('registry.example.com/team/runtime');
    await wizard.imageTag.fill('2024.1');
    await studio.parts('guide-image', wizard.dialog);
    await wizard.radio('Default base image').check();
    await wizard.next();
    await wizard.expectStep('Review');
    await expect(wizard.check('Disk space')).toBeVisible();
    await studio.parts('guide-review', wizard.dialog);
    await wizard.apply.click();
    await expect(app.sessionMenu).toBeVisible(INSTALL);
  });

  await test.step('manage a compute session', async () => {
    await app.sessionMenu.click();
    await studio.parts('guide-menu', ...head(app), menu);
    await page.keyboard.press('Escape');
    await app.chooseSession('View installed packages');
    await expect(app.dialog.getByRole('row').nth(8)).toBeVisible(INSTALL);
    await app.dialog.getByRole('searchbox').fill('requirements');
    await studio.parts('guide-packages', app.dialog);
    await page.keyboard.press('Escape');
  });

  await test.step('packages in requirements.txt', async () => {
    await app.chooseSession('Install packages from requirements.txt');
    await expect(app.editor('requirements.txt')).toBeVisible();
    await app.append('requirements.txt', 'python-slugify>=8\npromptflow==1.18.1\n');
    await expect(app.problems).toContainText('promptflow');
    await studio.page('guide-requirements');
    await app.editor('requirements.txt').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Shift+End');
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: 'Save and install' }).click();
    await expect(app.dialog.getByRole('list', { name: 'Added' })).toContainText('python-slugify', INSTALL);
    await studio.parts('guide-plan', app.dialog);
    await app.dialog.getByRole('button', { name: 'Install', exact: true }).click();
    await app.showSession();
    const requirements = app.session.getByRole('list', { name: 'Requirements' });
    await expect(requirements).toContainText(/python-slugify.*Installed/, INSTALL);
    await expect.poll(async () => (await deck.api.session(FLOW)).install?.state, INSTALL).toBe('done');
    await app.hideSession();
  });

  await test.step('a private feed', async () => {
    const lines = ['# The token of the session’s identity takes the place of {private}.', '-i https://{private}@feeds.example.com/team/simple/', 'our-package'];
    await app.write('requirements.txt', `${lines.join('\n')}\n`);
    await expect(page.getByRole('button', { name: 'Test feed' })).toBeVisible();
    await studio.top('guide-feed', page.getByRole('region', { name: 'Raw file mode' }), 190);
    await page.keyboard.press('Control+z');
  });

  await test.step('change the base image', async () => {
    await app.openFile('flow.dag.yaml');
    const definition = path.join(deck.flows, FLOW, 'flow.dag.yaml');
    const image = '  image: registry.example.com/team/runtime:2024.1\n';
    await app.write('flow.dag.yaml', edited(definition, 'environment:\n', `environment:\n${image}`));
    await page.keyboard.press('Control+Home');
    await studio.page('guide-raw');
    await page.keyboard.press('Control+z');
  });

  await test.step('sessions and their timelines', async () => {
    await page.goto(deck.url('sessions'));
    await page.getByRole('link', { name: `Log and timeline of ${FLOW}` }).click();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await expect(timeline.getByRole('list', { name: 'Actions' })).toContainText('Install packages');
    await timeline.scrollIntoViewIfNeeded();
    await studio.parts('guide-timeline', timeline);
  });

  await test.step('upgrade a compute instance runtime', async () => {
    await page.goto(deck.url('upgrade/team-box-runtime?flow=score-answers&image=runtime'));
    await expect(page.getByRole('list', { name: 'Lines that change in flow.dag.yaml' })).toBeVisible();
    await page.setViewportSize({ ...VIEWPORT, height: 1400 });
    const region = (name: string) => page.getByRole('region', { name, exact: true });
    await studio.parts('guide-upgrade', region('Flow'), region('Base image'), region('Review'));
  });
});
