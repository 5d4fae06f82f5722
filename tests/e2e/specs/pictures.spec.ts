// Pictures that people give: to an input, and with a question.

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const BLUE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const PICTURE = { name: 'blue.png', mimeType: 'image/png', buffer: BLUE };
const DRAWING = { name: 'drawing.png', mimeType: 'image/png', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') };

const flow = (inputs: string): Record<string, string> =>
  fakeFlow({ nodes: { work: { output: 'A blue dot' } } }, {
    'flow.dag.yaml': `display_name: Look
inputs:
${inputs}
outputs:
  answer: {type: string, reference: '\${work.output}', is_chat_output: true}
nodes:
- {name: work, type: python, source: {type: code, path: work.py}, inputs: {text: '\${inputs.question}'}}
`,
  });

test('a picture input takes a file, shows it, keeps it over a reload, and gives it to the run', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'look', flow('  question: {type: image}'));
  await deck.start();
  await app.open('look');
  await app.startSession();
  const inputs = page.getByRole('region', { name: 'Inputs' });
  const file = inputs.locator('input[type=file]');
  await file.setInputFiles(DRAWING);
  await expect(inputs.getByRole('alert')).toContainText('Choose a PNG');
  await file.setInputFiles(PICTURE);
  const preview = inputs.getByRole('img', { name: 'question' });
  await expect(preview).toBeVisible();
  await expect(inputs.getByRole('alert')).toHaveCount(0);
  await expectAccessible(page);
  await page.reload();
  await expect(preview).toBeVisible();
  await app.run();
  await expect((await app.runTab('Inputs')).getByRole('img', { name: 'question' })).toBeVisible();

  await inputs.getByRole('button', { name: 'Remove' }).click();
  await expect(preview).toBeHidden();
  await app.input('question').fill('https://example.com/a.png');
  await app.run();
  await expect((await app.runTab('Inputs'))).toContainText('https://example.com/a.png');
});

for (const format of ['basic', 'openai-vision']) {
  test(`a question with a picture is shown after a reload (${format})`, async ({ app, deck, page }) => {
    const inputs = `  question: {type: list, is_chat_input: true}\n  chat_history: {type: list, default: []}`;
    const files = flow(inputs);
    addFlow(deck.flows, 'look', { ...files, 'flow.dag.yaml': `message_format: ${format}\n${files['flow.dag.yaml']}` });
    await deck.start();
    await deck.api.startSession('look');
    await app.open('look');
    await page.getByRole('switch', { name: 'Chat' }).click();
    const chat = page.getByRole('region', { name: 'Chat' });
    await chat.getByText('Attach a picture').click();
    await chat.locator('input[type=file]').setInputFiles(PICTURE);
    await expect(chat.getByRole('img', { name: 'Picture 1 of your question' })).toBeVisible();
    await expectAccessible(page);
    await page.reload();
    await expect(chat.getByRole('img', { name: 'Picture 1 of your question' })).toBeVisible();
    await chat.getByRole('textbox', { name: 'Message' }).fill('What is this?');
    await chat.getByRole('button', { name: 'Send' }).click();
    const turn = chat.getByRole('article').first();
    await expect(turn).toContainText('Completed', { timeout: 60_000 });
    await expect(chat.getByRole('img', { name: 'Picture 1 of your question' })).toHaveCount(0);
    for (const _ of ['asked', 'reloaded']) {
      await expect(turn).toContainText('What is this?');
      await expect(turn.getByRole('img', { name: 'question' })).toBeVisible();
      await page.reload();
    }
  });
}

test('a question that takes text alone says so when a picture is pasted', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'look', flow(`  question: {type: string, is_chat_input: true}\n  chat_history: {type: list, default: []}`));
  await deck.start();
  await deck.api.startSession('look');
  await app.open('look');
  await page.getByRole('switch', { name: 'Chat' }).click();
  const chat = page.getByRole('region', { name: 'Chat' });
  await chat.getByRole('textbox', { name: 'Message' }).evaluate((box, bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], 'blue.png', { type: 'image/png' }));
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, [...BLUE]);
  await expect(chat).toContainText('Set its type to list in flow.dag.yaml');
});
