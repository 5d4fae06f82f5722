// Takes pictures for docs/, of a server with the samples and the administrator's file that docs/flowdeck.yaml shows.

import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Locator, Page } from '@playwright/test';

import type { Deck } from '../harness/deck.ts';
import { samples } from '../harness/places.ts';
import { expect } from '../harness/test.ts';

const docs = path.resolve(import.meta.dirname, '../../../docs');

/** Where the pictures say that flows are: where they are on the machine that takes them is of no interest. */
const SHOWN = '/srv/flows';

/** How much of what is around a part is shown with it, in pixels. */
const MARGIN = 16;

/** Gives the server the samples and the administrator's file of the documentation, and starts it. */
export async function prepare(deck: Deck): Promise<void> {
  for (const entry of readdirSync(samples, { withFileTypes: true })) {
    if (entry.isDirectory()) cpSync(path.join(samples, entry.name), path.join(deck.flows, entry.name), { recursive: true });
  }
  writeFileSync(path.join(deck.root, 'feed-reader.token'), 'a-token-that-opens-nothing\n', { mode: 0o600 });
  deck.configure(readFileSync(path.join(docs, 'flowdeck.yaml'), 'utf8'));
  deck.options.standby = 1;
  await deck.start();
}

/** Shows paths below the flows folder as if that were `SHOWN`. */
export async function tidyPaths(page: Page, deck: Deck): Promise<void> {
  await page.route('**/api/projects/*/flows/*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll(deck.flows, SHOWN) });
  });
}

/** Pictures of one page. */
export class Studio {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The page as it is, from its top. */
  async page(name: string): Promise<void> {
    await this.#page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
    await this.#take(name);
  }

  /** What holds all of these parts, with a margin. */
  async parts(name: string, ...parts: Locator[]): Promise<void> {
    const boxes = [];
    for (const part of parts) {
      await expect(part).toBeVisible();
      const box = await part.boundingBox();
      if (box) boxes.push(box);
    }
    const size = this.#page.viewportSize() ?? { width: 0, height: 0 };
    const left = Math.max(0, Math.min(...boxes.map((box) => box.x)) - MARGIN);
    const top = Math.max(0, Math.min(...boxes.map((box) => box.y)) - MARGIN);
    const right = Math.min(size.width, Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN);
    const bottom = Math.min(size.height, Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN);
    await this.#take(name, { x: left, y: top, width: right - left, height: bottom - top });
  }

  /** So many pixels of a part, from its top. */
  async top(name: string, part: Locator, height: number): Promise<void> {
    const box = await part.boundingBox();
    if (!box) throw new Error(`there is nothing to see for ${name}`);
    await this.#take(name, { ...box, height });
  }

  async #take(name: string, clip?: { x: number; y: number; width: number; height: number }): Promise<void> {
    // What the pointer rests on looks different, and cards that tell of an action pass.
    await this.#page.mouse.move(0, 0);
    const file = path.join(docs, `${name}.png`);
    await this.#page.screenshot({ path: file, animations: 'disabled', caret: 'hide', scale: 'css', ...(clip && { clip }) });
  }
}
