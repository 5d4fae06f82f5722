// Below a path, behind a proxy.

import { addSample } from '../harness/flows.ts';
import { Proxy } from '../harness/proxy.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('the story works below /deck', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  const proxy = await Proxy.start(() => new URL(deck.readyUrl), '/deck');
  try {
    deck.options.args.push('--base-path', '/deck');
    await deck.start();
    await page.goto(`http://${proxy.host}/deck/?token=${deck.token}`);
    await page.getByRole('link', { name: 'Greeting' }).click();
    await expect(page).toHaveURL(`http://${proxy.host}/deck/flows/greeting`);
    await page.reload();
    const licences = page.getByRole('link', { name: 'Third-party licenses' });
    await expect(licences).toHaveJSProperty('href', `http://${proxy.host}/deck/licenses.txt`);
    await app.startSession();
    await app.setRawMode(true);
    await app.openFile('finish.py');
    await app.setRawMode(false);
    await app.run();
    await expect(app.node('finish')).toContainText('Completed');
    await app.stopSession();
    expect(proxy.strays).toEqual([]);
  } finally {
    await proxy.close();
  }
});
