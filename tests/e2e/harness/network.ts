// What a page loads, as the browser counts it.

import type { Page } from '@playwright/test';

import type { Deck } from './deck.ts';

/** One request. */
export interface Loaded {
  method: string;
  url: string;
  /** What came over the network, headers included. */
  bytes: number;
}

/** Signs in without showing a page, so that nothing of the app is cached. */
export async function signInUnseen(page: Page, deck: Deck): Promise<void> {
  const answer = await page.context().request.get(deck.readyUrl, { maxRedirects: 0 });
  const key = answer.headers()['location']?.split('#key=')[1];
  if (!key) throw new Error(`signing in was answered with ${answer.status()}`);
  await page.addInitScript((key) => localStorage.setItem('/flowdeck.key', key), key);
}

/** Follows what `page` asks for from now on. */
export async function followNetwork(page: Page): Promise<() => Loaded[]> {
  const network = await page.context().newCDPSession(page);
  const all = new Map<string, Loaded>();
  network.on('Network.requestWillBeSent', ({ requestId, request: { method, url } }) => {
    if (!url.startsWith('data:')) all.set(requestId, { method, url, bytes: 0 });
  });
  const add = (requestId: string, bytes: number) => {
    const loaded = all.get(requestId);
    if (loaded) loaded.bytes += bytes;
  };
  // The headers first, then the body as it comes: live events never finish.
  network.on('Network.responseReceived', ({ requestId, response }) => add(requestId, response.encodedDataLength));
  network.on('Network.dataReceived', ({ requestId, encodedDataLength }) => add(requestId, encodedDataLength));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const loaded = all.get(requestId);
    if (loaded) loaded.bytes = encodedDataLength;
  });
  await network.send('Network.enable');
  return () => [...all.values()].map((loaded) => ({ ...loaded }));
}

/** Those that were asked for more than once. */
export function twice(loaded: Loaded[]): string[] {
  const names = loaded.map(({ method, url }) => `${method} ${url}`);
  return [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
}
