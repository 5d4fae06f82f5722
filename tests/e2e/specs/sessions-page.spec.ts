// The page of all compute sessions: of flows and of nobody, live, each with its log, stopped from there.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample, fakeFlow, FINDS_NOTHING, WAITS } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const LONG = 'n'.repeat(60);
const START = { timeout: 90_000 };
const INSTANCES = `vmSizes:
  - {name: Small, vCPUs: 1, memoryGB: 1}
computeInstances:
  - {name: team-box, vmSize: Small}
`;

test('without a session the page says how one comes to be; a new one appears by itself', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  await page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'Compute sessions' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Compute sessions' })).toBeFocused();
  await expect(page.getByRole('heading', { name: 'No active compute sessions' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Runtimes of compute instances' })).toBeHidden();
  await expectAccessible(page);

  await deck.api.createSession('by-itself');
  const row = page.getByRole('row').filter({ hasText: 'by-itself' });
  await expect(row).toContainText('No flow (created through the API)');
  await expect(row).toContainText('Running');

  await page.getByText('Ended compute sessions', { exact: true }).click();
  await expect(page.getByText('No ended compute sessions yet.')).toBeVisible();
  await deck.api.stopSessions();
  await expect(page.getByRole('list', { name: 'Ended compute sessions' })).toContainText('by-itself');
});

test('sessions of flows and of nobody: what they are, their logs, and stopping them', async ({ app, deck, page }) => {
  test.slow();
  deck.configure(INSTANCES);
  const folder = addFlow(deck.flows, LONG, fakeFlow(WAITS));
  await deck.start();
  await deck.api.startInstance('team-box');
  await deck.api.putSettings(LONG, { compute: { instance: { name: 'team-box' } }, idleShutdown: { after: 3600 } });
  await deck.api.createSession('by-itself', { maxIdleTimeSeconds: -1 });
  await app.signIn();
  await page.goto(deck.url('sessions'));
  const table = page.getByRole('table', { name: 'Compute sessions' });
  const row = (text: string) => table.getByRole('row').filter({ hasText: text });
  const timeline = page.getByRole('list', { name: 'Timeline', exact: true });

  await test.step('state, flow, compute, size, identity, started, idle', async () => {
    await expect(row(LONG)).toContainText('Running');
    await expect(row(LONG).getByRole('link', { name: LONG }).first()).toBeVisible();
    await expect(row(LONG)).toContainText('team-box');
    await expect(row(LONG)).toContainText('Small');
    await expect(row(LONG)).toContainText('My own identity');
    await expect(row(LONG)).toContainText('just now');
    await expect(row(LONG)).toContainText(/stops in (1 h 00|59) min/);
    await expect(row('by-itself')).toContainText('Serverless compute');
    await expect(row('by-itself')).toContainText('No idle shutdown');
    await expectAccessible(page);
  });

  await test.step('a log, which grows, and a timeline by its address', async () => {
    await row('by-itself').getByRole('link', { name: 'Log and timeline of by-itself' }).click();
    await expect(page).toHaveURL(/sessions\/by-itself$/);
    await expect(page.getByRole('heading', { level: 1, name: 'Compute session of by-itself' })).toBeFocused();
    await page.reload();
    const log = page.getByRole('log', { name: 'Session log' });
    await expect(log).toContainText('is ready');
    await expect(timeline).toContainText(/Start by API token\s*Done/);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'All compute sessions' }).click();
  });

  await test.step('stopping says what is lost, and leaves the compute instance', async () => {
    const runs = `api/projects/default/flows/${LONG}/runs`;
    const body = JSON.stringify({ inputs: {} });
    const headers = { 'content-type': 'application/json' };
    expect((await deck.api.fetch(runs, { method: 'POST', body, headers })).ok).toBe(true);
    await expect(row(LONG)).toContainText('1 run in progress');
    const stop = row(LONG).getByRole('button', { name: `Stop compute session of ${LONG}` });
    await stop.click();
    const question = page.getByRole('alertdialog', { name: 'Stop compute session?' });
    await expect(question).toContainText('1 run is in progress and will be canceled.');
    await expect(question).toContainText('No manually installed packages will be lost.');
    await expect(question).toContainText('team-box stays and becomes idle when no other session uses it.');
    await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(question).toBeHidden();
    await expect(stop).toBeFocused();

    await stop.click();
    await question.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(row(LONG)).toBeHidden(START);
    await expect(app.status).toContainText('has ended.');
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    expect(await deck.api.instances()).toMatchObject([{ name: 'team-box', state: 'Running', sessions: 0 }]);
    writeFileSync(path.join(folder, 'go'), '');
  });

  await test.step('on its own page, which then tells what became of it, also after a reload', async () => {
    await page.goto(deck.url('sessions/by-itself'));
    await page.getByRole('button', { name: 'Stop compute session of by-itself' }).click();
    const question = page.getByRole('alertdialog', { name: 'Stop compute session?' });
    await expect(question).toContainText('which has no flow');
    await question.getByRole('button', { name: 'Stop', exact: true }).click();
    const notice = page.getByText('Compute session by-itself ended', { exact: true });
    await expect(notice).toBeVisible(START);
    await expect(timeline).toContainText(/Stop in the browser\s*Done/);
    await page.reload();
    await expect(notice).toBeVisible();
    await expect(page.getByText('It had no flow')).toBeVisible();
    await expect(timeline).toContainText(/Ended.*Started in/);
    await expect(page.getByRole('button', { name: 'Download diagnostics' })).toBeVisible();
    await expectAccessible(page);
    expect(await deck.api.sessions()).toEqual([]);
  });

  await test.step('what has ended is listed, and leads to its timeline', async () => {
    await page.getByRole('link', { name: 'All compute sessions' }).click();
    await page.getByText('Ended compute sessions', { exact: true }).click();
    const ended = page.getByRole('list', { name: 'Ended compute sessions' });
    await expect(ended.getByRole('listitem')).toHaveCount(2);
    await expect(ended.getByRole('listitem').filter({ hasText: 'One node' })).toContainText('Ended just now after');
    await expectAccessible(page);
    await ended.getByRole('link', { name: 'Timeline of by-itself' }).click();
    await expect(timeline).toContainText(/Start by API token\s*Done/);
    await page.goto(deck.url('sessions/never-was'));
    await expect(page.getByText('Compute session never-was not found')).toBeVisible();
    await expectAccessible(page);
  });
});

test('one that starts tells its log live; one that failed says why and is removed', async ({ app, deck, page }) => {
  const requirements = { 'requirements.txt': 'tiny-nowhere\n' };
  const folder = addFlow(deck.flows, 'needy', fakeFlow({ install: FINDS_NOTHING }, requirements));
  await deck.start();
  await app.signIn();
  await page.goto(deck.url('sessions'));
  const failing = deck.api.startSession('needy');
  await expect(failing).rejects.toThrow('tiny-nowhere');
  const row = page.getByRole('row').filter({ hasText: 'needy' });
  await expect(row).toContainText('Failed');
  await expect(row).toContainText('tiny-nowhere');
  await expectAccessible(page);
  await row.getByRole('button', { name: 'Remove compute session of needy' }).click();
  const question = page.getByRole('alertdialog', { name: 'Remove compute session?' });
  await expect(question).toContainText('Nothing is running.');
  await question.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'No active compute sessions' })).toBeVisible(START);

  addFlow(deck.flows, 'needy', fakeFlow({ install: { wait: { file: 'installed' } } }, requirements));
  const starting = deck.api.startSession('needy');
  await expect(row).toContainText('Starting');
  await row.getByRole('link', { name: 'Log and timeline of needy' }).click();
  const log = page.getByRole('log', { name: 'Session log' });
  await expect(log).toContainText('requirements.txt');
  await expect(log).not.toContainText('is ready');
  await expectAccessible(page);
  writeFileSync(path.join(folder, 'installed'), '');
  await starting;
  await expect(log).toContainText('is ready');
  await expect(page.getByRole('region', { name: 'About the compute session' })).toContainText('Running');
});

test('while the sessions load, and when they cannot be had', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  const events = '**/api/projects/*/sessions/events';
  const list = '**/api/projects/*/sessions';
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  await page.route(events, (route) => route.abort());
  await page.route(list, async (route) => {
    await gate;
    await route.fulfill({ status: 500, json: { error: { code: 'Broken', message: 'The list is broken.' } } });
  });
  await page.goto(deck.url('sessions'));
  await expect(page.getByText('Loading compute sessions')).toBeAttached();
  await expectAccessible(page);
  go();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('The list is broken.');
  await expectAccessible(page);
  await page.unroute(list);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('heading', { name: 'No active compute sessions' })).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});
