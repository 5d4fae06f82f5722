// What every page and state must bear: axe's rules, and a narrow screen.

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
];

/** Light and dark, narrow and wide: axe finds nothing, and nothing is wider than the screen. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const viewport of SIZES) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const where = `${colorScheme}, ${viewport.width} px`;
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect.soft(violations.flatMap(described), `axe: ${where}`).toEqual([]);
      expect.soft(await sidewaysScroll(page), `sideways scroll: ${where}`).toBe(0);
    }
  }
}

type Violation = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number];

function described({ id, help, nodes }: Violation): string[] {
  return nodes.map((node) => `${id}: ${help}: ${node.html} (${node.failureSummary?.replaceAll('\n', ' ')})`);
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
