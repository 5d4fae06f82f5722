// Chromium, by the Playwright of the end-to-end tests.

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../../e2e/package.json', import.meta.url))('@playwright/test');

/** Gives `work` a browser, and closes it whatever happens. */
export async function withBrowser(work) {
  const browser = await chromium.launch({
    executablePath: process.env.FLOWDECK_CHROMIUM ?? found(['chromium', 'chromium-browser', 'google-chrome']),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

function found(names) {
  return execFileSync('sh', ['-c', names.map((name) => `command -v ${name}`).join(' || ')], { encoding: 'utf8' }).trim();
}

/** A browser that has nothing cached, signed in. */
export async function signedIn(browser, server) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  // The server takes the token from the link and answers with the cookie, and with the key that pages of its origin keep; the
  // page itself is not loaded.
  const answer = await context.request.get(server.readyUrl, { maxRedirects: 0 });
  const key = answer.headers().location?.split('#key=')[1];
  if (!key) throw new Error(`signing in: ${answer.status()}`);
  await context.addInitScript((key) => localStorage.setItem('/flowdeck.key', key), key);
  return context;
}
