// The main job: from a link to a flow that has run, in a real session.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { addSample, edited } from '../harness/flows.ts';
import { leftovers } from '../harness/leftovers.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test('a person opens a flow, starts a session, edits, runs, reads, stops', async ({ deck, page, app }) => {
  const folder = addSample(deck.flows, 'greeting');
  await deck.start();

  await test.step('the link signs in, and its token leaves the address bar', async () => {
    await app.signIn();
    expect(page.url()).toBe(deck.url());
  });

  await test.step('the flow opens', async () => {
    await page.getByRole('link', { name: 'Greeting' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeVisible();
    await expect(app.input('name')).toHaveValue('Ada');
  });

  await test.step('a session starts', async () => {
    await app.startSession();
    await app.showSession();
    await expect(app.session).toContainText('New environment on the base packages');
    expect((await deck.api.session('greeting')).route).toBe('base');
    await app.hideSession();
    await expect(app.sessionDetails).toBeFocused();
  });

  await test.step('flow.dag.yaml is edited in raw file mode and saved', async () => {
    const yaml = edited(path.join(folder, 'flow.dag.yaml'), 'default: Ada', 'default: Grace');
    await app.setRawMode(true);
    await app.openFile('flow.dag.yaml');
    await app.write('flow.dag.yaml', yaml);
    await app.saveButton.click();
    await until('the file to be saved', () => text(path.join(folder, 'flow.dag.yaml')) === yaml);
    await app.setRawMode(false);
  });

  await test.step('the flow runs with what was saved', async () => {
    await expect(app.input('name')).toHaveValue('Grace');
    await app.run();
    await expect(app.outputs).toContainText('Hello Grace, welcome to prompt flow!');
    await expect(app.outputs).toContainText('words6');
  });

  await test.step('the session stops and leaves nothing', async () => {
    await app.stopSession();
    expect(await leftovers(deck.data)).toEqual([]);
  });
});

test.describe('with an executor that stands by', () => {
  test('a default start takes it, and the page says so', async ({ deck, app }) => {
    addSample(deck.flows, 'greeting');
    deck.options.standby = 1;
    await deck.start();
    await until('an executor to stand by', () => deck.api.standsBy());
    await app.open('greeting');
    await app.startSession();
    await app.showSession();
    await expect(app.session).toContainText('Started instantly from a warm runtime');
    expect((await deck.api.session('greeting')).route).toBe('standby');
    await app.run();
    await expect(app.outputs).toContainText('Hello Ada');
  });
});

function text(file: string): string {
  return readFileSync(file, 'utf8');
}
