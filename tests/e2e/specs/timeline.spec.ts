// What became of a flow's sessions, told after they ended, and the diagnostics that can be taken away.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { Locator } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import type { App } from '../harness/app.ts';
import { addFlow, addSample, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

async function openTimeline(app: App): Promise<Locator> {
  await app.showSession();
  await app.session.getByText('Timeline', { exact: true }).click();
  const timeline = app.session.getByRole('list', { name: 'Timeline', exact: true });
  await expect(timeline).toBeVisible();
  return timeline;
}

/** Actions of the last session. */
function asked(timeline: Locator): Locator {
  return timeline.getByRole('list', { name: 'Actions' }).first();
}

test('a session’s phases and who asked for what are told live, after its end, a reload and a restart', async ({ app, deck, page }) => {
  test.slow();
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await app.showSession();
  await app.session.getByText('Timeline', { exact: true }).click();
  await expect(app.session).toContainText('No compute session has started yet.');
  await app.startSession();
  const timeline = app.session.getByRole('list', { name: 'Timeline', exact: true });
  await expect(asked(timeline)).toContainText(/Start in the browser\s*Done/);
  const phases = timeline.getByRole('list', { name: 'Startup steps' }).first();
  await expect(phases.getByRole('listitem')).toHaveCount(6);
  await expect(phases).toContainText(/Start runtime\s*Done/);
  await expectAccessible(page);

  await app.stopSession();
  const told = async (timeline: Locator): Promise<void> => {
    await expect(timeline.getByRole('listitem').first()).toContainText(/Session of .*Ended.*Started in/);
    await expect(asked(timeline)).toContainText(/Stop in the browser\s*Done/);
  };
  await told(timeline);
  await page.reload();
  await told(await openTimeline(app));
  await deck.kill();
  await deck.start();
  await page.reload();
  await told(await openTimeline(app));

  await deck.api.startSession('greeting');
  await expect(asked(timeline)).toContainText(/Start by API token\s*Done/);
  await expect(timeline.getByRole('heading', { name: /Session of/ })).toHaveCount(2);
  await timeline.getByText('Startup steps and actions').click();
  await expect(timeline).toContainText('Stop in the browser');
  await expectAccessible(page);
});

test('a start that takes three times its usual says so while it runs, and what failed is told', async ({ app, deck, page }) => {
  const requirements = { 'requirements.txt': 'tiny-thing\n' };
  const folder = addFlow(deck.flows, 'slow', fakeFlow({ install: { wait: { seconds: 1 } } }, requirements));
  await deck.start();
  // The first one makes the base, and is like no other.
  for (let start = 0; start < 4; start += 1) {
    await deck.api.startSession('slow');
    await deck.api.stopSessions();
  }
  await app.open('slow');
  addFlow(deck.flows, 'slow', fakeFlow({ install: { wait: { file: 'installed' } } }, requirements));
  await app.startButton.click();
  const timeline = await openTimeline(app);
  const install = timeline.getByRole('listitem').filter({ hasText: /^Install requirements/ });
  await expect(install).toContainText(/In progress.*usually/);
  await expect(install).toContainText(/At least 3 times longer than usual \(/);
  const slow = app.session.getByText('This start is taking at least 3 times longer than usual');
  await expect(slow).toBeVisible();
  await expect(app.status).toContainText('This start is taking at least 3 times longer than usual');
  await expectAccessible(page);
  writeFileSync(path.join(folder, 'installed'), '');
  await expect(app.sessionMenu).toBeVisible();
  await expect(slow).toBeHidden();
  await expect(timeline.getByText(/This start took .*, at least three times longer than usual/)).toBeVisible();
});

test('diagnostics are downloaded without any secret', async ({ app, deck, page }) => {
  const flow = fakeFlow({}, {
    'requirements.txt': '# --index-url https://me:CANARY-feed@feed.example/simple/\n',
    'connection.yaml': 'type: open_ai\napi_key: CANARY-connection\n',
  });
  flow['flow.dag.yaml'] += 'environment_variables:\n  PLAIN: CANARY-variable\n';
  addFlow(deck.flows, 'told', flow);
  deck.options.env = { UNTOLD: 'CANARY-environment', SOME_TOKEN: 'CANARY-token' };
  await deck.start();
  const { sessionId } = await deck.api.startSession('told');
  appendFileSync(
    path.join(deck.data, 'logs', `${sessionId}.log`),
    `the token is ${deck.token}; CANARY-environment CANARY-token CANARY-connection CANARY-variable
401 at https://me:CANARY-url@feed.example/
this line is no secret
`,
  );
  await app.open('told');
  await app.showSession();
  await app.session.getByText('Timeline', { exact: true }).click();
  const downloading = page.waitForEvent('download');
  await app.session.getByRole('button', { name: 'Download diagnostics' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('flowdeck-diagnostics.tar.gz');
  const text = gunzipSync(readFileSync(await download.path())).toString();
  for (const part of ['this line is no secret', 'promptflow-core==', 'feed.example/simple', 'display_name: One node', '"by": "token"', 'The compute session is ready']) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('CANARY');
  expect(text).not.toContain(deck.token);
});
