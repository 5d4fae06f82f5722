// The main job: from a link to a flow that has run, in a real session.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { addSample, edited } from '../harness/flows.ts';
import { leftovers } from '../harness/leftovers.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test('a person opens a flow, starts a session, edits, runs, reads, stops', async ({ deck, page, screen }) => {
  const folder = addSample(deck.flows, 'greeting');
  await deck.start();

  await test.step('the link signs in, and its token leaves the address bar', async () => {
    await screen.signIn();
    expect(page.url()).toBe(deck.url());
  });

  await test.step('the flow opens', async () => {
    await page.getByRole('link', { name: 'Greeting' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeVisible();
    await expect(screen.input('name')).toHaveValue('Ada');
  });

  await test.step('a session starts', async () => {
    await screen.startSession();
    await expect(screen.session).toContainText(/ready base|from (the )?base|base packages/i);
    expect((await deck.api.session('greeting')).route).toBe('base');
  });

  await test.step('flow.dag.yaml is edited in raw file mode and saved', async () => {
    const yaml = edited(path.join(folder, 'flow.dag.yaml'), 'default: Ada', 'default: Grace');
    await screen.setRawMode(true);
    await screen.openFile('flow.dag.yaml');
    await screen.write('flow.dag.yaml', yaml);
    await screen.saveButton.click();
    await until('the file to be saved', () => text(path.join(folder, 'flow.dag.yaml')) === yaml);
    await screen.setRawMode(false);
  });

  await test.step('the flow runs with what was saved', async () => {
    await expect(screen.input('name')).toHaveValue('Grace');
    await screen.run();
    await expect(screen.outputs).toContainText('Hello Grace, welcome to prompt flow!');
    await expect(screen.outputs).toContainText('7');
  });

  await test.step('the session stops and leaves nothing', async () => {
    await screen.stopSession();
    expect(await leftovers(deck.data)).toEqual([]);
  });
});

test.describe('with an executor that stands by', () => {
  test('a default start takes it, and the page says so', async ({ deck, screen }) => {
    addSample(deck.flows, 'greeting');
    deck.options.standby = 1;
    await deck.start();
    await until('an executor to stand by', () => standsBy(deck.data));
    await screen.open('greeting');
    await screen.startSession();
    await expect(screen.session).toContainText(/standby|stood by/i);
    expect((await deck.api.session('greeting')).route).toBe('standby');
    await screen.run();
    await expect(screen.outputs).toContainText('Hello Ada');
  });
});

function text(file: string): string {
  return readFileSync(file, 'utf8');
}
