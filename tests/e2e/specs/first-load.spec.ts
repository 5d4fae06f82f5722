// What each page loads before it can be used: how many files, how many bytes, and nothing twice.

import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { type Page, expect } from '@playwright/test';

import type { Deck } from '../harness/deck.ts';
import { addSample } from '../harness/flows.ts';
import { type Loaded, followNetwork, signInUnseen, twice } from '../harness/network.ts';
import { assets } from '../harness/places.ts';
import { test } from '../harness/test.ts';

const ODD = "it's (50%) größer!";

/** What the upgrade assistant upgrades from. */
const RUNTIMES = `vmSizes:
  - {name: Small, vCPUs: 1, memoryGB: 1}
computeInstances:
  - {name: team-box, vmSize: Small}
runtimes:
  - name: plain-runtime
    computeInstance: team-box
`;

interface Limit {
  name: string;
  /** Below the server's. */
  address: string;
  requests: number;
  /** Headers included. */
  bytes: number;
  /** Passes once the page can be used. */
  usable: (page: Page) => Promise<void>;
  /** Makes what the page shows. */
  prepare?: (deck: Deck) => Promise<void>;
  /** Nobody is signed in. */
  isSignedOut?: true;
}

/** The most that a page loads until it is usable, nothing cached. */
const LIMITS: Limit[] = [
  {
    name: 'all flows',
    address: '',
    requests: 8,
    bytes: 350_000,
    usable: (page: Page) => expect(page.getByRole('link', { name: 'Greeting' }).first()).toBeVisible(),
  },
  {
    name: 'a flow',
    address: 'flows/greeting',
    requests: 8,
    bytes: 365_000,
    usable: flowIsUsable,
  },
  {
    name: 'a flow with a name that addresses encode',
    address: `flows/${encodeURIComponent(ODD)}`,
    requests: 8,
    bytes: 365_000,
    usable: flowIsUsable,
  },
  {
    name: 'all compute sessions',
    address: 'sessions',
    requests: 8,
    bytes: 350_000,
    usable: (page: Page) => expect(page.getByText('No active compute sessions')).toBeVisible(),
  },
  {
    name: 'all connections',
    address: 'connections',
    requests: 8,
    bytes: 350_000,
    usable: (page: Page) => expect(page.getByText('No connections yet')).toBeVisible(),
  },
  {
    name: 'one connection',
    address: 'connections/open_ai_connection',
    requests: 8,
    bytes: 350_000,
    prepare: (deck) => deck.api.addConnection('open_ai_connection', { type: 'OpenAI', secrets: { api_key: 'sk-canary-0123456789' } }),
    usable: (page: Page) => expect(page.getByRole('button', { name: 'Replace API key' })).toBeVisible(),
  },
  {
    name: 'the upgrade assistant',
    address: 'upgrade/plain-runtime',
    requests: 8,
    bytes: 350_000,
    usable: (page: Page) => expect(page.getByLabel('Flow to upgrade')).toBeVisible(),
  },
  {
    // It comes after the page at the address, whose requests the server refuses.
    name: 'signing in',
    address: '',
    requests: 8,
    bytes: 350_000,
    isSignedOut: true,
    usable: (page: Page) => expect(page.getByLabel('Token')).toBeVisible(),
  },
];

/** What raw file mode may load beyond a flow's page until a file can be edited, headers and answers included. */
const EDITOR = { requests: 6, bytes: 202_000 };

/** A font comes when it comes: nothing waits for it. */
const FONT = { requests: 1, bytes: 50_000 };

test.use({ engine: 'fake' });

test.beforeEach(async ({ deck }) => {
  addSample(deck.flows, 'greeting');
  cpSync(path.join(deck.flows, 'greeting'), path.join(deck.flows, ODD), { recursive: true });
  deck.configure(RUNTIMES);
  await deck.start();
});

for (const { name, address, requests, bytes, usable, prepare, isSignedOut } of LIMITS) {
  test(`the page of ${name} is usable after ${requests} requests`, async ({ page, deck }) => {
    await prepare?.(deck);
    if (!isSignedOut) await signInUnseen(page, deck);
    const loaded = await followNetwork(page);
    await page.goto(deck.url(address));
    await usable(page);
    await isWithin(page, loaded, { requests, bytes });
  });
}

test('raw file mode loads little more than the page of its flow', async ({ page, deck }) => {
  await signInUnseen(page, deck);
  const loaded = await followNetwork(page);
  await page.goto(deck.url('flows/greeting?raw=1'));
  await expect(page.getByRole('textbox', { name: 'flow.dag.yaml' })).toContainText('nodes:');
  const names = loaded().map(({ url }) => new URL(url).pathname);
  const firstLater = loaded().findIndex(loadsLater);
  const file = names.findIndex((name) => name.endsWith('/files/flow.dag.yaml'));
  if (firstLater >= 0) expect(firstLater, names.join('\n')).toBeGreaterThan(file);
  const most = { requests: 8 + EDITOR.requests, bytes: 365_000 + EDITOR.bytes };
  await isWithin(page, () => loaded().filter((one) => !loadsLater(one)), most);
});

/**
 * Whether it is what checks files, marks what they found, knows the flow, or stands below the editor: asked for once the
 * text is there. So are what the flow's nodes run and the connections, which the language engine knows.
 */
function loadsLater({ url }: Loaded): boolean {
  if (/\/connections$|\/files\/(?!flow\.dag\.yaml$)/.test(new URL(url).pathname)) return true;
  if (/^((editor-)?later|editor-(language|worker))-/.test(path.basename(url))) return true;
  const parts = JSON.parse(readFileSync(path.join(assets, '.parts.json'), 'utf8')) as Record<string, string[]>;
  const name = path.basename(new URL(url).pathname);
  return Boolean(parts['dock']?.includes(name)) && !parts['raw']?.includes(name);
}

async function flowIsUsable(page: Page): Promise<void> {
  const start = page.getByRole('button', { name: 'Start compute session', exact: true });
  await expect(start).toBeEnabled();
  await expect(page.getByRole('main').getByRole('textbox').first()).toBeVisible();
}

async function isWithin(page: Page, loaded: () => Loaded[], most: { requests: number; bytes: number }): Promise<void> {
  const [fonts, rest] = [true, false].map((font) => loaded().filter(({ url }) => url.endsWith('.woff2') === font));
  const told = rest!.map(({ url, bytes }) => `${bytes} ${new URL(url).pathname}`).join('\n');
  expect(rest!.length, `requests until it is usable:\n${told}`).toBeLessThanOrEqual(most.requests);
  expect(sum(rest!), `bytes until it is usable:\n${told}`).toBeLessThanOrEqual(most.bytes);
  expect(fonts!.length).toBeLessThanOrEqual(FONT.requests);
  expect(sum(fonts!)).toBeLessThanOrEqual(FONT.bytes);
  // What a page asks for again, it asks for within this time.
  await page.waitForTimeout(1_500);
  expect(twice(loaded()), 'fetched twice').toEqual([]);
}

function sum(loaded: Loaded[]): number {
  return loaded.reduce((total, { bytes }) => total + bytes, 0);
}
