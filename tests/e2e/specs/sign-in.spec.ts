// Who has no token sees nothing; who has it need not see it again.

import { addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

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
  const cookies = await context.cookies();
  expect(cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
    { httpOnly: true, sameSite: 'Strict' },
  ]);
  expect(await page.evaluate(() => document.cookie)).toBe('');
});
