// Environment variables that are set for the runs from a page.

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const VARIABLES = 'environment_variables:\n  MODEL: small\n  SERVICE_KEY: ${ai.api_key}\n';

test('variables of the flow are changed, added and reset for the runs of the page', async ({ app, deck, page }) => {
  const files = fakeFlow();
  files['flow.dag.yaml'] += VARIABLES.replace('${ai.api_key}', 'plain');
  addFlow(deck.flows, 'varied', files);
  await deck.start();
  await app.open('varied');
  await app.startSession();
  const variables = page.getByRole('region', { name: 'Environment variables' });
  const model = variables.getByLabel('MODEL', { exact: true });
  await expect(model).toHaveValue('small');
  await model.fill('large');
  await expect(variables).toContainText('Changed for your runs.');
  await variables.getByRole('button', { name: 'Add variable' }).click();
  const name = variables.getByLabel('Name', { exact: true });
  await expect(name).toBeFocused();
  await name.fill('PATH');
  await expect(variables).toContainText('Choose another name.');
  await expectAccessible(page);
  await name.fill('EXTRA');
  await variables.getByLabel('Value', { exact: true }).fill('more');
  await app.run();
  const inputs = await app.runTab('Inputs');
  await expect(inputs).toContainText('Environment variables set for this run');
  await expect(inputs).toContainText('large');
  await expect(inputs).toContainText('EXTRA');
  await page.reload();
  await expect(model).toHaveValue('large');
  await variables.getByRole('button', { name: 'Reset MODEL' }).click();
  await expect(model).toHaveValue('small');
  await expect(model).toBeFocused();
  await variables.getByRole('button', { name: 'Remove EXTRA' }).click();
  await app.run();
  await expect(await app.runTab('Inputs')).not.toContainText('Environment variables');
});

test('a flow without variables is given one, and a secret is hidden', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'plain', fakeFlow());
  await deck.start();
  await app.open('plain');
  await app.startSession();
  await page.getByRole('button', { name: 'Set environment variables' }).click();
  const variables = page.getByRole('region', { name: 'Environment variables' });
  const name = variables.getByLabel('Name', { exact: true });
  await expect(name).toBeFocused();
  await name.fill('MY_TOKEN');
  const value = variables.getByLabel('Value', { exact: true });
  await value.fill('tok-canary-5512');
  await expect(value).toHaveAttribute('type', 'password');
  await app.run();
  const inputs = await app.runTab('Inputs');
  await expect(inputs).toContainText('MY_TOKEN');
  await expect(inputs).toContainText('**data_scrubbed**');
  await expect(page.locator('body')).not.toContainText('tok-canary-5512');
});

test('what is missing counts the variables that are set on the page', async ({ app, deck, page }) => {
  const files = fakeFlow();
  files['flow.dag.yaml'] += VARIABLES;
  addFlow(deck.flows, 'varied', files);
  await deck.start();
  await app.open('varied');
  const needs = (name: string) => page.getByRole('button', { name: `Add connection ${name}`, exact: true });
  await expect(needs('ai')).toBeVisible();
  const key = page.getByRole('region', { name: 'Environment variables' }).getByLabel('SERVICE_KEY', { exact: true });
  await key.fill('typed');
  await expect(needs('ai')).toBeHidden();
  await key.fill('${other.api_key}');
  await expect(needs('other')).toBeVisible();
  await page.reload();
  await expect(needs('ai').or(needs('other'))).toBeVisible();
});
