// From an unknown connection to a model's answer, with promptflow itself.

import { addFlow } from '../harness/flows.ts';
import { llmFlow, ModelServer } from '../harness/models.ts';
import { expect, test } from '../harness/test.ts';

const KEY = 'sk-canary-0123456789';

test('from an unknown connection to an answer in two steps', async ({ app, deck, page }) => {
  test.slow();
  const models = await ModelServer.start(KEY);
  try {
    addFlow(deck.flows, 'asker', llmFlow('open_ai_connection'));
    await deck.start();
    await deck.api.startSession('asker');
    await app.open('asker');
    await app.runButton.click();
    await page.getByRole('button', { name: 'Add connection open_ai_connection' }).click();
    const form = page.getByRole('dialog', { name: 'Add connection' });
    await form.getByLabel('API key (required)').fill(KEY);
    await form.getByLabel('Base URL').fill(models.url);
    await form.getByRole('button', { name: 'Save and test' }).click();
    await expect(form).toBeHidden();
    await page.getByRole('button', { name: 'Run again' }).click();
    await app.expectRun('Completed');
    await expect(app.outputs).toContainText('small-model heard: How are you?');
    expect(models.chats).toBe(1);
  } finally {
    await models.close();
  }
});
