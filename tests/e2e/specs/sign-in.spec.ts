// Who has no token sees nothing; who has it need not see it again.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Page } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import { addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('a wrong token is refused, the right one signs in', async ({ deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await page.goto(deck.url('flows/greeting'));
  const field = page.getByLabel('Token');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await field.fill('wrong');
  await field.press('Enter');
  await expect(page.getByRole('main').getByRole('alert')).not.toBeEmpty();
  await expect(page.getByText('Connection lost')).toBeHidden();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await field.fill(deck.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeVisible();
});

test('a link with a wrong token leads to the sign-in page, not further', async ({ deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await page.goto(deck.url('?token=wrong'));
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(page.url()).not.toContain('token');
  expect((await page.request.get(deck.url('api/projects/default/flows'))).status()).toBe(401);
});

test('the cookie cannot be read by scripts and does not follow other sites', async ({ app, context, deck, page }) => {
  await deck.start();
  await app.signIn();
  expect(page.url()).toBe(deck.url());
  const cookies = await context.cookies();
  expect(cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
    { httpOnly: true, sameSite: 'Strict' },
  ]);
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

test('another port of the host gets the cookie and opens nothing with it', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  const { origin, cookie, close } = await visited(page);
  try {
    expect(cookie).toContain(`flowdeck_${new URL(deck.url()).port}=`);
    const flows = deck.url('api/projects/default/flows');
    expect((await fetch(flows, { headers: { cookie } })).status).toBe(401);
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});
    expect(page.url()).toBe(origin);
    await page.goto(deck.url('flows/greeting'));
    await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeVisible();
  } finally {
    await close();
  }
});

/** Opens the page of a server on another port: what the browser sends to it. */
async function visited(page: Page): Promise<{ origin: string; cookie: string; close: () => Promise<void> }> {
  let cookie = '';
  const server = createServer((request, response) => {
    cookie ||= request.headers.cookie ?? '';
    response.setHeader('content-type', 'text/html').end('<h1>Elsewhere</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await page.goto(origin);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { origin, cookie, close };
}

test('signing out ends it in every tab, and signing in again in one brings back the others', async ({ app, context, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  const tab = await context.newPage();
  await tab.goto(deck.url());
  await tab.getByRole('link', { name: 'Sign-ins' }).click();
  await expect(tab.getByRole('list', { name: 'Sign-ins' }).getByRole('listitem')).toHaveCount(1);
  await expect(tab.getByRole('list', { name: 'Sign-ins' })).toContainText('(this browser)');
  await expectAccessible(tab);
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie, 'x-flowdeck-key': await keyOf(tab) };
  const flows = deck.url('api/projects/default/flows');
  expect((await fetch(flows, { headers })).status).toBe(200);

  await tab.getByRole('button', { name: 'Sign out', exact: true }).click();
  for (const one of [tab, page]) await expect(one.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect((await fetch(flows, { headers })).status).toBe(401);
  expect(await context.cookies()).toEqual([]);
  await page.getByLabel('Token').fill(deck.token);
  await page.getByLabel('Token').press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeVisible();
  await expect(tab.getByRole('heading', { level: 1, name: 'Sign-ins' })).toBeVisible();
});

function keyOf(page: Page): Promise<string> {
  return page.evaluate(() => localStorage.getItem('/flowdeck.key') ?? '');
}

test('a browser signs out another one, and all of them', async ({ app, browser, deck, page }) => {
  await deck.start();
  await app.signIn();
  const other = await (await browser.newContext()).newPage();
  await other.goto(deck.readyUrl);
  await expect(other.getByRole('heading', { level: 1, name: 'Prompt flow' })).toBeVisible();
  // The sign-ins outlive the server.
  await deck.stop();
  await deck.start();
  await page.goto(deck.url('sign-ins'));
  const list = page.getByRole('list', { name: 'Sign-ins' });
  await expect(list.getByRole('listitem')).toHaveCount(2);
  await list.getByRole('listitem').filter({ hasNotText: 'this browser' }).getByRole('button').click();
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await other.goto(deck.readyUrl);
  await expect(other.getByRole('heading', { level: 1, name: 'Prompt flow' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  const question = page.getByRole('alertdialog', { name: 'Sign out everywhere?' });
  await question.getByRole('button', { name: 'Sign out everywhere' }).click();
  for (const one of [page, other]) await expect(one.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await other.context().close();
});

test('a link with a wrong key signs nobody out', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  const key = await keyOf(page);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  await page.goto(deck.url(`flows/greeting#key=${'0'.repeat(64)}`));
  await expect(page.getByRole('heading', { level: 1, name: 'Greeting' })).toBeVisible();
  expect(page.url()).toBe(deck.url('flows/greeting'));
  expect(await keyOf(page)).toBe(key);
});
