// Every state of the product, on the engine that is made of nothing: what the flows of tests/states come to.

import { addState } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

for (const [name, phase, cause] of [
  ['start-fails-allocate', 'Allocate', 'Permission denied'],
  ['start-fails-environment', 'Create environment', 'the disk is full'],
  ['start-fails-install', 'Install', 'tiny-nowhere'],
  ['start-fails-check', 'Check', 'within 60 seconds'],
] as const) {
  test(`${name} names its cause`, async ({ app, deck }) => {
    addState(deck.flows, name);
    await deck.start();
    await app.open(name);
    await app.startButton.click();
    await expect(app.session).toContainText(cause);
    await expect(app.session, phase).toContainText(/failed/i);
  });
}

test('a run that fails names the node; a session that ends under a run says so', async ({ app, deck }) => {
  addState(deck.flows, 'run-fails');
  addState(deck.flows, 'run-ends-session');
  await deck.start();
  await app.open('run-fails');
  await app.startSession();
  await app.run('Failed');
  await expect(app.node('think')).toContainText('Failed');
  await expect(app.outputs).toContainText('can\'t think of hello');
  await app.open('run-ends-session');
  await app.startSession();
  await app.beginRun();
  await app.expectRun('Interrupted');
  await expect(app.startButton).toBeVisible();
});
