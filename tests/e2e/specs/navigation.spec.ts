// The navigation, the guides, and what the address of a flow's page says.

import { expectAccessible } from '../harness/accessibility.ts';
import { addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('the navigation collapses to icons, is remembered, and begins so in raw file mode', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  const navigation = page.getByRole('navigation', { name: 'Project' });
  const width = async () => (await navigation.boundingBox())?.width ?? 0;
  expect(await width()).toBeGreaterThan(100);
  await page.getByRole('button', { name: 'Collapse navigation' }).click();
  expect(await width()).toBeLessThan(48);
  // The words of an icon that stands alone show beside it, for the keyboard too.
  const sessions = navigation.getByRole('link', { name: 'Compute sessions' });
  await page.keyboard.press('Shift+Tab');
  await sessions.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(sessions).toBeFocused();
  expect((await sessions.getByText('Compute sessions').boundingBox())?.width).toBeGreaterThan(50);
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Expand navigation' })).toBeVisible();
  await page.getByRole('button', { name: 'Expand navigation' }).click();
  await app.open('greeting', '?raw=1');
  await expect(page.getByRole('button', { name: 'Expand navigation' })).toBeVisible();
});

test('help leads to the part of the guides that is about the page, below the base path too', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  deck.options.args.push('--base-path', '/deck');
  await deck.start();
  await app.signIn();
  await page.getByRole('link', { name: 'Compute sessions' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Compute sessions' })).toBeVisible();
  const opened = page.waitForEvent('popup');
  await page.getByRole('contentinfo').getByRole('link', { name: 'Help' }).click();
  const help = await opened;
  await expect(help).toHaveURL(/\/deck\/help\/authors-guide#manage-a-compute-session$/);
  await expect(help.getByRole('heading', { name: 'Manage a compute session' })).toBeInViewport();
  const contents = help.getByRole('navigation', { name: 'On this page' });
  await contents.getByRole('link', { name: 'Change the base image' }).click();
  await expect(help.getByRole('heading', { name: 'Change the base image' })).toBeInViewport();
  await expectAccessible(help);
  await help.getByRole('navigation', { name: 'Guides' }).getByRole('link', { name: 'Help', exact: true }).click();
  await expect(help.getByRole('heading', { level: 1, name: 'Help' })).toBeVisible();
  await help.getByRole('main').getByRole('link', { name: 'Administrator' }).first().click();
  await expect(help.getByRole('heading', { level: 1 })).toContainText('Administrator');
});

test('a dialog leads to its part of the guides and keeps its own focus', async ({ app, deck }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting', '?advanced=compute');
  const help = app.dialog.getByRole('link', { name: 'Help' });
  await expect(help).toHaveAttribute('href', 'help/authors-guide#with-advanced-settings');
  await expect(help).not.toBeFocused();
});

test('the drawer of the session is in the address: a reload keeps it, and raw file mode too', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await app.sessionDetails.click();
  await expect(app.session).toBeVisible();
  await expect(page).toHaveURL(/details=1/);
  await page.reload();
  await expect(app.session).toBeVisible();
  await app.setRawMode(true);
  await expect(page).toHaveURL(/raw=1.*details=1|details=1.*raw=1/);
  await app.hideSession();
  await expect(page).not.toHaveURL(/details/);
});

test('a server that holds its connections and is silent is told within seconds', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  await expect(app.startButton).toBeVisible();
  process.kill(deck.pid, 'SIGSTOP');
  const banner = page.getByRole('alert').filter({ hasText: 'Connection lost' });
  try {
    await expect(banner).toBeVisible({ timeout: 16_000 });
  } finally {
    process.kill(deck.pid, 'SIGCONT');
  }
  await expect(banner).toBeHidden({ timeout: 30_000 });
});
