// The licences of what is built in come with the product.

import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('the page leads to the texts', async ({ app, context, deck, page }) => {
  await deck.start();
  await app.signIn();
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Third-party licenses' }).click();
  const licences = await opened;
  await licences.waitForLoadState();
  expect(licences.url()).toBe(deck.url('licenses.txt'));
  const text = await licences.locator('body').innerText();
  for (const words of ['leptos  ', 'axum  ', '@codemirror/view (npm)', 'Permission is hereby granted', 'The Rust standard library']) {
    expect(text).toContain(words);
  }
});
