// A server that cannot serve says why and what to do, and ends.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import type { Deck } from '../harness/deck.ts';
import { addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

async function refusal(deck: Deck, listen?: string): Promise<string> {
  const outcome = await deck.tryStart(listen);
  if (typeof outcome === 'string') throw new Error(`it serves at ${outcome}`);
  expect(outcome.code).toBeGreaterThan(0);
  expect(outcome.stderr).not.toMatch(/panicked/);
  return outcome.stderr;
}

test('the port is taken', async ({ deck }) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    expect(await refusal(deck, `127.0.0.1:${port}`)).toMatch(new RegExp(`${port}.*in use`, 'is'));
  } finally {
    other.close();
  }
});

test('a file stands where the data folder should be', async ({ deck }) => {
  writeFileSync(deck.data, '');
  expect(await refusal(deck)).toContain(deck.data);
});

test('the data folder cannot be written', async ({ deck }) => {
  mkdirSync(deck.data);
  mount(deck.data, 'ro');
  try {
    expect(await refusal(deck)).toContain(deck.data);
  } finally {
    execFileSync('umount', [deck.data]);
  }
});

test('the disk is full: the session fails by name, and nothing is left', async ({ deck, app }) => {
  addSample(deck.flows, 'greeting');
  mkdirSync(deck.data);
  mount(deck.data, 'size=6m');
  try {
    await deck.start();
    await app.open('greeting');
    await app.startButton.click();
    await expect(app.startButton).toBeHidden();
    await expect(app.startButton).toBeVisible({ timeout: 60_000 });
    await expect(app.session).toContainText('disk is full');
    expect((await deck.api.session('greeting')).failure?.code).toBe('DiskFull');
    expect(await deck.close()).toEqual([]);
  } finally {
    await deck.kill();
    execFileSync('umount', [deck.data]);
  }
});

test('a Python that is too new: the session names it, and what to do', async ({ deck, app }) => {
  addSample(deck.flows, 'greeting');
  const python = path.join(deck.root, 'python-of-tomorrow');
  writeFileSync(python, '#!/bin/sh\necho 3.99.0\necho "$0"\n', { mode: 0o755 });
  deck.options.args.push('--python', python);
  await deck.start();
  await app.open('greeting');
  await app.startButton.click();
  await expect(app.session).toContainText(`A session needs Python 3.9 to 3.12, but ${python} is Python 3.99.0.`);
  await expect(app.session).toContainText('--python');
  await expect(app.startButton).toBeEnabled();
});

function mount(folder: string, options: string): void {
  test.skip(process.getuid?.() !== 0, 'only root can mount a file system');
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
}
