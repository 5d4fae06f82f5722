// A conversation with a flow: with promptflow and a model's stream, and every state of it on the engine in memory.

import type { Locator } from '@playwright/test';

import { expectAccessible } from '../harness/accessibility.ts';
import type { App } from '../harness/app.ts';
import { addFlow, addState } from '../harness/flows.ts';
import { chatFlow, ModelServer, promptyChat } from '../harness/models.ts';
import { expect, test } from '../harness/test.ts';

const KEY = 'sk-canary-0123456789';

const chat = (app: App): Locator => app.page.getByRole('region', { name: 'Chat' });
const log = (app: App): Locator => chat(app).getByRole('log', { name: 'Conversation' });
const turn = (app: App, at: number): Locator => log(app).getByRole('article').nth(at);
const message = (app: App): Locator => chat(app).getByRole('textbox', { name: 'Message' });

/** Asks by the keyboard, and waits for the whole answer. */
async function ask(app: App, question: string, at: number): Promise<void> {
  await message(app).fill(question);
  await message(app).press('Enter');
  await expect(turn(app, at)).toContainText('Completed', { timeout: 60_000 });
}

test('three turns stream with what was said before', async ({ app, deck, page }) => {
  test.slow();
  const models = await ModelServer.start(KEY);
  try {
    addFlow(deck.flows, 'talker', chatFlow('open_ai_connection'));
    await deck.start();
    await deck.api.startSession('talker');
    await app.open('talker');
    await page.getByRole('switch', { name: 'Chat' }).click();
    await message(app).fill('One?');
    await message(app).press('Enter');

    // The question waits in its box until the flow has its connection.
    await page.getByRole('button', { name: 'Add connection open_ai_connection' }).click();
    const form = page.getByRole('dialog', { name: 'Add connection' });
    await form.getByLabel('API key (required)').fill(KEY);
    await form.getByLabel('Base URL').fill(models.url);
    await form.getByRole('button', { name: 'Save and test' }).click();
    await page.getByRole('button', { name: 'Back to your question' }).click();
    await expect(message(app)).toHaveValue('One?');

    let goOn = (): void => {};
    models.goOn = new Promise((resolve) => (goOn = resolve));
    await message(app).press('Enter');
    await expect(turn(app, 0)).toContainText('small-model');
    await expect(turn(app, 0)).not.toContainText('heard');
    await expect(turn(app, 0)).toHaveAttribute('aria-busy', 'true');
    goOn();
    await expect(turn(app, 0)).toContainText('small-model heard: One?');
    await expect(turn(app, 0)).toContainText('Completed');
    await expect(message(app)).toHaveValue('');
    await ask(app, 'Two?', 1);
    await ask(app, 'Three?', 2);
    expect(models.heard).toEqual([
      'user: One?',
      'assistant: small-model heard: One?',
      'user: Two?',
      'assistant: small-model heard: Two?',
      'user: Three?',
    ]);

    await page.reload();
    await expect(turn(app, 2)).toContainText('small-model heard: Three?');
    await chat(app).getByRole('button', { name: 'Show history' }).click();
    const history = page.getByRole('dialog', { name: 'History that goes with the next question' });
    await expect(history).toContainText('small-model heard: Two?');
  } finally {
    await models.close();
  }
});

const FLEX_CHAT = {
  'flow.flex.yaml': `entry: talk:talk
inputs:
  question: {type: string, is_chat_input: true}
  chat_history: {type: list}
`,
  'talk.py': `def talk(question: str, chat_history: list) -> str:
    said = [f"{item['role']}: {item['content']}" for item in chat_history]
    return f"{question} comes after {len(said)}: {' / '.join(said)}"
`,
};

test('a flex flow and a prompty are told what was said as messages', async ({ app, deck, page }) => {
  test.slow();
  const models = await ModelServer.start(KEY);
  try {
    addFlow(deck.flows, 'flexible', FLEX_CHAT);
    addFlow(deck.flows, 'prompts', promptyChat('open_ai_connection'));
    await deck.start();
    await deck.api.addConnection('open_ai_connection', { type: 'OpenAI', configs: { base_url: models.url }, secrets: { api_key: KEY } });
    await test.step('a flex flow', async () => {
      await deck.api.startSession('flexible');
      await app.open('flexible', '?chat=');
      await ask(app, 'One?', 0);
      await expect(turn(app, 0)).toContainText('One? comes after 0:');
      await ask(app, 'Two?', 1);
      await expect(turn(app, 1)).toContainText('Two? comes after 2: user: One? / assistant: One? comes after 0:');
    });
    await test.step('a prompty', async () => {
      await deck.api.startSession('prompts/talk.prompty');
      await app.open('prompts/talk.prompty', '?chat=');
      await ask(app, 'One?', 0);
      await expect(turn(app, 0)).toContainText('small-model heard: One?');
      await ask(app, 'Two?', 1);
      expect(models.heard).toEqual(['system: Be kind.', 'user: One?', 'assistant: small-model heard: One?', 'user: Two?']);
      await page.reload();
      await expect(turn(app, 1)).toContainText('small-model heard: Two?');
    });
  } finally {
    await models.close();
  }
});

test.describe('on the engine in memory', () => {
  test.use({ engine: 'fake' });

  test('answers are stopped, tried again and edited; conversations are named and deleted', async ({ app, deck, page }) => {
    addState(deck.flows, 'chat');
    await deck.start();
    await deck.api.startSession('chat');
    await app.open('chat', '?chat=');
    await log(app).getByRole('button', { name: 'Use the question What is a lighthouse?' }).click();
    await expect(message(app)).toBeFocused();
    await message(app).press('Enter');
    await expect(turn(app, 0)).toContainText('is a tower');
    await chat(app).getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(turn(app, 0)).toContainText('This answer was stopped.');
    await turn(app, 0).getByRole('button', { name: 'Retry' }).click();
    await expect(turn(app, 0)).toContainText('Completed', { timeout: 30_000 });
    await expect(turn(app, 0).getByRole('table')).toContainText('Pharos');
    await expect(turn(app, 0).getByRole('link', { name: 'the list' })).toHaveAttribute('rel', /noopener/);
    await expect(turn(app, 0)).toContainText('<b>no HTML</b>');
    await expect(turn(app, 0).locator('img')).toHaveCount(0);
    await expect(turn(app, 0)).toContainText('92 tokens');
    await expectAccessible(page);

    await turn(app, 0).getByRole('button', { name: 'Edit question' }).click();
    const question = turn(app, 0).getByRole('textbox', { name: 'Question' });
    await question.fill('What is a beacon?');
    // The conversation's event comes before the answer to the request.
    await page.route('**/turns', async (route) => {
      const answer = await route.fetch();
      await expect(question).toBeHidden();
      await route.fulfill({ response: answer });
    });
    await question.press('Enter');
    await expect(turn(app, 0)).toContainText('What is a beacon?');
    await expect(message(app)).toBeFocused();
    await expect(turn(app, 0)).toContainText('Completed', { timeout: 30_000 });

    await chat(app).getByText('Conversations (1)').click();
    await chat(app).getByRole('button', { name: 'Rename What is a lighthouse?' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Lights');
    await page.keyboard.press('Enter');
    await chat(app).getByRole('button', { name: 'Delete Lights' }).click();
    const sure = page.getByRole('alertdialog', { name: 'Delete Lights?' });
    await sure.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(log(app)).toContainText('Ask the flow a question.');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(turn(app, 0)).toContainText('What is a beacon?');
    await turn(app, 0).getByRole('button', { name: 'Edit question' }).click();
    await question.fill('What is a buoy');
    await page.reload();
    await expect(question).toHaveValue('What is a buoy');
    await question.press('Escape');
    await page.reload();
    await expect(turn(app, 0)).toContainText('What is a beacon?');
    await expect(question).toBeHidden();

    // What is typed stays with its conversation.
    await message(app).fill('half a thought');
    await page.reload();
    await expect(message(app)).toHaveValue('half a thought');
  });
});
