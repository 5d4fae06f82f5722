// Sessions in containers, as a person meets them: the default image, one that is pulled, and a tag that moves.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { expectAccessible, expectNarrow } from '../harness/accessibility.ts';
import type { Deck } from '../harness/deck.ts';
import { baseImage, buildOnBase, docker, noDocker, onDocker } from '../harness/docker.ts';
import { addFlow, addSample, pythonFlow } from '../harness/flows.ts';
import { PrivateFeed } from '../harness/private-feed.ts';
import { Registry, SlowRoad } from '../harness/registry.ts';
import { holding, tells } from '../harness/secrets.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test.skip(noDocker !== undefined, noDocker ?? '');
// The base of an image is made at the first start from it.
test.setTimeout(300_000);

const SHORT = /sha256:[0-9a-f]{12}…/;
const START = { timeout: 180_000 };

const TOKEN = 'canary-e2e-7d1f-token';
/** The user `builder` with that password. */
const BUILDER = 'builder:$2y$05$YfMw8WWzIxQCxhC199/PXOgDoKZROd7P0/U4sCsrCxcYmiYURJvDS';

async function startOnDocker(deck: Deck): Promise<void> {
  deck.options.args.push(...onDocker.args);
  Object.assign(deck.options.env, onDocker.env);
  await deck.start();
}

test('a session is a container of the default image, and another one stands by for a reset', async ({ deck, app, page }) => {
  addSample(deck.flows, 'greeting');
  deck.options.standby = 1;
  await startOnDocker(deck);
  await app.open('greeting');
  await app.startButton.click();
  await expect(app.sessionMenu).toBeVisible(START);
  await app.showSession();
  await expect(app.session).toContainText(baseImage);
  await expect(app.session).toContainText(SHORT);
  await expectAccessible(page);

  await app.run();
  await expect(app.outputs).toContainText(baseImage);
  await expect(app.outputs.getByRole('button', { name: 'Copy image id' })).toBeVisible();
  await app.chooseSession('View installed packages');
  await expect(app.dialog.getByRole('row', { name: /^promptflow-core .* Base image$/ })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await until('a container to stand by', () => deck.api.standsBy());
  await app.chooseSession('Reset compute session');
  await app.dialog.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(app.session).toContainText('Started instantly from a warm runtime');
  await expect(app.session).toContainText(SHORT);
  await app.run();
  await until('another one to stand by', () => deck.api.standsBy());
  await app.stopSession();
  const containers = () => docker('ps', '-aq', '--filter', `volume=${path.join(deck.flows, 'greeting')}`).split('\n').filter(Boolean);
  expect(containers()).toHaveLength(1);
  await deck.stop();
  expect(containers()).toEqual([]);
});

test('a pull shows its layers, and a tag that moved is offered', async ({ deck, app, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const registry = await Registry.start();
  const road = await SlowRoad.start(registry);
  const pushed = `${registry.host}/team/app:1`;
  const image = `${road.host}/team/app:1`;
  const push = (layers: number[]): string => {
    buildOnBase(pushed, layers);
    docker('push', '-q', pushed);
    const [digest = ''] = docker('inspect', '--format', '{{index .RepoDigests 0}}', pushed).split('@').slice(1);
    docker('rmi', pushed);
    return digest;
  };
  try {
    const first = push([6 << 20, 2 << 20]);
    const folder = addFlow(deck.flows, 'pulled', pythonFlow('return text.upper()'));
    const definition = path.join(folder, 'flow.dag.yaml');
    writeFileSync(definition, `environment:\n  image: ${image}\n${readFileSync(definition, 'utf8')}`);
    await startOnDocker(deck);
    await app.open('pulled');
    await app.startButton.click();
    await app.showSession();
    const pull = app.session.getByRole('group', { name: 'Image pull' });
    await expect(pull.getByRole('row').filter({ hasText: 'Downloading' }).first()).toContainText(/MiB of [\d.]+ MiB.*MiB\/s/);
    await expect(pull.getByRole('row').filter({ hasText: 'Already downloaded' }).first()).toBeVisible();
    await expect(pull).toContainText(/\d of \d layers ready, [\d.]+ MiB of (at least )?[\d.]+ MiB, [\d.]+ MiB\/s/);
    await page.reload();
    await app.showSession();
    await expect(pull.getByRole('row').filter({ hasText: 'Downloading' }).first()).toBeVisible();
    await expectNarrow(page, pull.getByRole('group', { name: 'Layers' }));
    await expectAccessible(page);
    road.letGo();
    await expect(app.sessionMenu).toBeVisible(START);
    await expect(pull).toBeHidden();

    await app.session.getByRole('button', { name: 'Copy image digest' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);
    await app.run();
    await expect(app.outputs).toContainText('HELLO');
    await expect(app.outputs).toContainText(first.slice(0, 19));

    const second = push([1 << 20]);
    const notice = app.session.getByText(`${image} now points to another image.`);
    await expect(async () => {
      await page.reload();
      await app.showSession();
      await expect(notice).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 60_000 });
    await expect(app.session).toContainText(second.slice(0, 19));
    await expectAccessible(page);

    await page.goto(deck.url('sessions'));
    const row = page.getByRole('table', { name: 'Compute sessions' }).getByRole('row').filter({ hasText: 'pulled' });
    await expect(row).toContainText('Its image tag has changed.');
    await expectAccessible(page);
    await row.getByRole('link', { name: 'Log and timeline of pulled' }).click();
    await expect(page.getByRole('region', { name: 'About the compute session' })).toContainText(`${image} now points to another image.`);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Open the flow pulled to reset it' }).click();

    await app.chooseSession('Reset compute session');
    const takes = app.dialog.getByRole('checkbox', { name: 'Use the new image' });
    await expect(takes).not.toBeChecked();
    await app.dialog.getByRole('button', { name: 'Cancel' }).click();
    await app.showSession();
    await app.session.getByRole('button', { name: 'Reset with the new image' }).click();
    await expect(takes).toBeChecked();
    await expectAccessible(page);
    await app.dialog.getByRole('button', { name: 'Reset', exact: true }).click();
    await expect(notice).toBeHidden();
    await expect(app.sessionMenu).toBeVisible(START);
    await expect(app.session).toContainText(second.slice(0, 19));
    // What the run of before ran on has not changed.
    await expect(app.outputs).toContainText(first.slice(0, 19));
    await app.stopSession();
  } finally {
    await road.close();
    await registry.close();
  }
});

test('the token of a private registry and feed is nowhere, at whatever level is logged', async ({ deck, index }) => {
  index.publish('tiny_private', '1.0.0');
  const feed = await PrivateFeed.start(index, 'builder', TOKEN);
  const registry = await Registry.start(BUILDER);
  const image = `${registry.host}/team/private:1`;
  const client = ['--config', path.join(deck.root, 'client')];
  try {
    docker(...client, 'login', '-u', 'builder', '-p', TOKEN, registry.host);
    docker('tag', baseImage, image);
    docker(...client, 'push', '-q', image);
    docker('rmi', image);
    writeFileSync(path.join(deck.root, 'builder.token'), TOKEN);
    deck.configure(
      `identities:\n  - {name: builder, clientId: builder, credentialFile: builder.token, hosts: ["${feed.host}", "${registry.host}"]}\n`,
    );
    const folder = addFlow(deck.flows, 'private', pythonFlow('return text', { 'requirements.txt': `${feed.option}\ntiny-private\n` }));
    const definition = path.join(folder, 'flow.dag.yaml');
    writeFileSync(definition, `environment:\n  image: ${image}\n${readFileSync(definition, 'utf8')}`);
    deck.options.env.RUST_LOG = 'trace';
    await startOnDocker(deck);

    const refused = await deck.api.trySettings('private', { baseImage: image });
    expect(refused.failure?.code).toBe('ImageNeedsIdentity');
    await deck.api.putSettings('private', { baseImage: image, compute: { serverless: { identity: 'builder' } } });
    expect(feed.seen.size).toBeGreaterThan(0);
    const diagnostics = await deck.api.fetch('api/projects/default/flows/private/session/diagnostics');
    const bundle = gunzipSync(Buffer.from(await diagnostics.arrayBuffer())).toString();
    for (const part of [`Pulling ${image}`, 'tiny-private==1.0.0', 'diagnostics/server.log']) {
      expect(bundle.includes(part), part).toBe(true);
    }
    const containers = docker('ps', '-aq', '--filter', `volume=${folder}`).split('\n');
    const shown = containers.map((container) => docker('inspect', container) + docker('logs', container)).join('\n');
    expect(shown).toContain(folder);
    expect(deck.stderr).toContain(' TRACE ');
    for (const [place, text] of Object.entries({ bundle, containers: shown, log: deck.stderr })) {
      expect(tells(text, TOKEN), place).toBe(false);
    }
    expect(holding(deck.data, TOKEN)).toEqual([]);
    await deck.api.stopSessions();
    docker('rmi', image);
  } finally {
    await registry.close();
    await feed.close();
  }
});
