// Two runs of a flow beside each other.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

test('what differs between two runs is said in words, files included', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'compared', fakeFlow({ nodes: { work: { output: 'first answer' } } }));
  await deck.start();
  await app.open('compared');
  await app.startSession();
  await app.input('text').fill('one');
  await app.run();
  writeFileSync(path.join(folder, 'fake.json'), JSON.stringify({ nodes: { work: { output: 'second answer' } } }));
  await app.input('text').fill('two');
  await app.run();
  await app.outputs.getByRole('link', { name: 'Compare runs' }).click();
  await expect(page).toHaveURL(/[?&]compare=/);
  const nodes = page.getByRole('region', { name: 'Nodes', exact: true });
  await expect(nodes.getByRole('row', { name: /^work/ })).toContainText('output differs');
  const inputs = page.getByRole('region', { name: 'Inputs', exact: true });
  await expect(inputs).toContainText('text differs');
  const files = page.getByRole('region', { name: 'Changed files' });
  await expect(files.getByRole('heading', { name: /fake\.json/ })).toContainText('changed');
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByLabel('First run')).toBeVisible();
  await test.step('a run beside itself differs in nothing', async () => {
    await expect(page.getByLabel('Second run')).toHaveValue(/.+/);
    const second = await page.getByLabel('Second run').inputValue();
    await page.getByLabel('First run').selectOption(second);
    await expect(nodes.getByRole('row', { name: /^work/ })).toContainText('Same');
    await expect(page.getByText('No file changed between the runs.')).toBeVisible();
  });
  await page.getByRole('link', { name: 'Back to the flow' }).click();
  await expect(app.outputs).toContainText('second answer');
});
