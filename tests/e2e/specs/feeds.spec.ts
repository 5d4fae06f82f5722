// Private feeds: tested beside the requirements file, opened with the session's identity, shown without its token.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, pythonFlow } from '../harness/flows.ts';
import { PrivateFeed } from '../harness/private-feed.ts';
import { holding } from '../harness/secrets.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

const TOKEN = 'canary-e2e-7d1f-token';

test('a private feed is tested, refused without an identity, and opened with one', async ({ deck, index, app, page }) => {
  index.publish('tiny_private', '1.0.0');
  const feed = await PrivateFeed.start(index, 'builder', TOKEN);
  const config = path.join(deck.root, 'flowdeck.yaml');
  writeFileSync(path.join(deck.root, 'builder.token'), TOKEN);
  writeFileSync(config, `identities:\n  - {name: feed-reader, clientId: builder, credentialFile: builder.token, hosts: ["${feed.host}"]}\n`);
  deck.options.args = ['--config', config];
  const folder = addFlow(deck.flows, 'private', pythonFlow('return __import__("tiny_private").__name__', { 'requirements.txt': 'flask\n' }));
  await deck.start();
  await app.edit('private', 'requirements.txt');

  const results = page.getByRole('region', { name: 'Tested feeds' });
  const testFeed = page.getByRole('button', { name: 'Test feed' });
  await expect(testFeed).toBeHidden();
  await app.write('requirements.txt', `${feed.option}\ntiny-private\n`);
  await testFeed.click();
  await expect(results).toContainText('No identity');
  await expect(results).toContainText('Change compute session settings');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Save only' }).click();
  await until('the file to be saved', () => readFileSync(path.join(folder, 'requirements.txt'), 'utf8').includes(feed.option));
  await deck.api.putSettings('private', { compute: { serverless: { identity: 'feed-reader' } } });
  await testFeed.click();
  await expect(results).toContainText(`http://${feed.host}/simple/ can be read with the identity ‘feed-reader’.`);

  await app.setRawMode(false);
  await app.run();
  await expect(app.outputs).toContainText('tiny_private');
  const log = await deck.api.sessionLog('private');
  expect(log).toContain(`opens http://${feed.host}/simple/`);
  expect(log + (await page.content())).not.toContain(TOKEN);
  expect(holding(deck.data, TOKEN)).toEqual([]);
  await feed.close();
});

test('a refusal names the feed, its line and the identity', async ({ deck, index, app, page }) => {
  index.publish('tiny_private', '1.0.0');
  const feed = await PrivateFeed.start(index, 'builder', 'another');
  const config = path.join(deck.root, 'flowdeck.yaml');
  writeFileSync(path.join(deck.root, 'builder.token'), TOKEN);
  writeFileSync(config, `identities:\n  - {name: feed-reader, clientId: builder, credentialFile: builder.token, hosts: ["${feed.host}"]}\n`);
  deck.options.args = ['--config', config];
  addFlow(deck.flows, 'private', pythonFlow('return 1', { 'requirements.txt': `${feed.option}\ntiny-private\n` }));
  await deck.start();
  await app.open('private');
  const view = await deck.api.trySettings('private', { compute: { serverless: { identity: 'feed-reader' } } });
  expect(view.failure?.code).toBe('FeedRefused');
  await expect(app.session).toContainText(`The feed http://${feed.host}/simple/ (requirements.txt, line 1) refused the identity ‘feed-reader’ (401)`);
  await expect(page.getByText(TOKEN)).toHaveCount(0);
  await feed.close();
});
