// What every page and state must bear: axe's rules, and a narrow screen.

import { type Locator, type Page, expect } from '@playwright/test';
import axe, { type Result, type RunOptions } from 'axe-core';

const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
];

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** Light and dark, narrow and wide: axe finds nothing, and nothing is wider than the screen. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const viewport of SIZES) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const found = await violations(page, rules(colorScheme));
      const where = `${colorScheme}, ${viewport.width} px`;
      expect.soft(found.flatMap(described), `axe: ${where}`).toEqual([]);
    }
    expect.soft(await sidewaysScroll(page), `sideways scroll: ${viewport.width} px`).toBe(0);
  }
  expect.soft(await oddAttributes(page), 'attributes that no browser knows').toEqual([]);
  await page.emulateMedia({ forcedColors: 'active' });
  expect.soft(await unmarked(page), 'forced colours: selected and not to be seen').toEqual([]);
  await page.emulateMedia({ forcedColors: 'none' });
}

/** A framework's own words that reached the page as attributes, such as `attr:aria-level`. */
function oddAttributes(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const names = [...document.querySelectorAll('body *')].flatMap((element) => element.getAttributeNames());
    return [...new Set(names)].filter((name) => name.includes(':') && !/^xml(ns)?:/.test(name));
  });
}

/** What is current or selected and looks, without its own colours, like what is beside it. */
function unmarked(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const look = (element: Element): string => {
      const { backgroundColor, outline, borderTop, borderRight, borderBottom, borderLeft } = getComputedStyle(element);
      return JSON.stringify([backgroundColor, outline, borderTop, borderRight, borderBottom, borderLeft]);
    };
    const chosen = '[aria-current]:not([aria-current="false"]), [aria-selected="true"]';
    // In the system's colours a selected thing can be read: a component's own background would not go with their text.
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.cssText = 'background: SelectedItem; forced-color-adjust: none';
    const system = getComputedStyle(probe).backgroundColor;
    probe.remove();
    const isChosen = (element: Element): boolean => element.matches(chosen);
    return [...document.querySelectorAll(chosen)].flatMap((element) => {
      const role = element.getAttribute('role');
      const alike = [...document.querySelectorAll(role === null ? element.localName : `[role="${role}"]`)];
      const others = alike.filter((other) => other.className === element.className && !isChosen(other));
      const hidden = element.getClientRects().length === 0;
      const same =
        getComputedStyle(element).backgroundColor !== system || others.some((other) => look(other) === look(element));
      return !hidden && same ? [element.outerHTML.slice(0, 200)] : [];
    });
  });
}

/** All of axe's rules, of which the dark theme can only change the contrast. */
function rules(colorScheme: 'light' | 'dark'): RunOptions {
  return colorScheme === 'light' ? {} : { runOnly: { type: 'rule', values: ['color-contrast'] } };
}

/** What axe finds. It is given to a document once, and no frame needs a page of its own: there are none. */
async function violations(page: Page, options: RunOptions): Promise<Result[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async (options) => (await window.axe.run(document, options)).violations,
    { ...options, resultTypes: ['violations'] } satisfies RunOptions,
  );
}

function described({ id, help, nodes }: Result): string[] {
  return nodes.map((node) => `${id}: ${help}: ${node.html} (${node.failureSummary?.replaceAll('\n', ' ')})`);
}

/** Nothing is wider than this element, which scrolls, on a narrow screen. */
export async function expectNarrow(page: Page, scroller: Locator): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  const hidden = (element: Element) => element.scrollWidth - element.clientWidth;
  await expect.poll(() => scroller.evaluate(hidden), 'sideways scroll: 360 px').toBe(0);
}

/** How far the page can be scrolled sideways. */
function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => {
    scrollTo({ left: 10_000, behavior: 'instant' });
    const reached = scrollX;
    scrollTo({ left: 0, behavior: 'instant' });
    return reached;
  });
}
