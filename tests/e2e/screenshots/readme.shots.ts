// The pictures of the README: a flow that has run, light and dark, and the same flow in raw file mode.

import { expect, test } from '../harness/test.ts';
import { Studio, prepare, tidyPaths } from './studio.ts';

test('the pictures of the README', async ({ app, deck, page }) => {
  await prepare(deck);
  await tidyPaths(page, deck);
  const studio = new Studio(page);
  await app.open('triage-ticket');
  await app.startSession();
  await app.run();
  await expect(app.outputs).toContainText('billing');
  await studio.page('flow-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await studio.page('flow-dark');
  await app.setRawMode(true);
  await app.openFile('flow.dag.yaml');
  await studio.page('raw-dark');
});
