// The fixtures: a server per test that must leave nothing behind, a package index, and what is on the page.

import { setTimeout } from 'node:timers/promises';

import { test as base, expect, type Page } from '@playwright/test';

import { Deck, type Engine } from './deck.ts';
import { PackageIndex } from './package-index.ts';
import { App } from './app.ts';

interface Fixtures {
  /** A server with folders of its own, not started yet. */
  deck: Deck;
  /** The page, in the words of a person. */
  app: App;
  /** A package index on loopback. */
  index: PackageIndex;
}

interface Options {
  /** `test.use({ engine: 'fake' })` where no flow has to run for real. */
  engine: Engine;
}

/**
 * With FLOWDECK_LATE_ANSWERS, in milliseconds, each answer to a change comes that much later: the events of the change
 * come first, as they may on any machine.
 */
async function holdAnswers(page: Page): Promise<void> {
  const late = Number(process.env['FLOWDECK_LATE_ANSWERS'] ?? 0);
  if (late === 0) return;
  await page.route('**/api/**', async (route) => {
    if (route.request().method() === 'GET') return route.fallback();
    const answer = await route.fetch();
    await setTimeout(late);
    // The page may have gone on to another one, or its test may be over.
    await route.fulfill({ response: answer }).catch(() => undefined);
  });
}

export const test = base.extend<Fixtures & Options>({
  engine: ['real', { option: true }],
  deck: async ({ engine }, use, info) => {
    const deck = new Deck(engine);
    try {
      await use(deck);
      const left = await deck.close();
      expect(left, 'left behind').toEqual([]);
    } finally {
      if (info.status !== info.expectedStatus) await info.attach('server log', { body: deck.stderr });
      deck.remove();
    }
  },
  app: async ({ page, deck }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    // Why WebAssembly stopped is on the console; the error itself only says that it did. What the policy forbids isn't done.
    page.on('console', (message) => /panicked at|Content Security Policy/.test(message.text()) && errors.push(message.text()));
    await holdAnswers(page);
    await use(new App(page, deck));
    expect(errors, 'uncaught errors on the page').toEqual([]);
  },
  index: async ({}, use) => {
    const index = await PackageIndex.start();
    await use(index);
    await index.close();
  },
});

export { expect };
