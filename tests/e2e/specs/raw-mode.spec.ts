// Raw file mode: what is saved, and what stands between an edit and the disk.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { addFlow, addSample } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';
import { until } from '../harness/wait.ts';

test.use({ engine: 'fake' });

const NODES = 'nodes: []\n';

test('Ctrl+S saves; line ends and the lack of a final one stay', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'crlf', { 'flow.dag.yaml': NODES, 'notes.txt': 'one\r\ntwo\r\nthree' });
  await deck.start();
  await app.edit('crlf', 'notes.txt');
  await app.editor('notes.txt').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('zero');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+s');
  const saved = await until('the file to be saved', () => {
    const text = readFileSync(path.join(folder, 'notes.txt'), 'utf8');
    return text.startsWith('zero') && text;
  });
  expect(saved).toBe('zero\r\none\r\ntwo\r\nthree');
});

test('a clean file that another program changes shows up live', async ({ app, deck }) => {
  const folder = addSample(deck.flows, 'greeting');
  await deck.start();
  await app.edit('greeting', 'compose.jinja2');
  writeFileSync(path.join(folder, 'compose.jinja2'), 'Good day {{ name }}\n');
  await expect(app.editor('compose.jinja2')).toHaveText('Good day {{ name }}');
  writeFileSync(path.join(folder, 'new.md'), '# New\n');
  await expect(app.file('new.md')).toBeVisible();
});

test.describe('a file that changed on disk since its edits began', () => {
  const MINE = 'mine {{ name }}';
  const THEIRS = 'theirs {{ name }}\n';

  test('is shown beside them; keeping mine overwrites it', async ({ app, deck, page }) => {
    const folder = addSample(deck.flows, 'greeting');
    const file = path.join(folder, 'compose.jinja2');
    await deck.start();
    await app.edit('greeting', 'compose.jinja2');
    await app.write('compose.jinja2', MINE);
    writeFileSync(file, THEIRS);
    await app.saveOverChange();
    const both = page.getByRole('region', { name: 'Differences' });
    await expect(both).toContainText('mine');
    await expect(both).toContainText('theirs');
    expect(readFileSync(file, 'utf8')).toBe(THEIRS);
    await page.getByRole('button', { name: 'Overwrite with mine' }).click();
    await until('my text to be saved', () => readFileSync(file, 'utf8').startsWith('mine'));
  });

  test('can be taken instead of them', async ({ app, deck, page }) => {
    const folder = addSample(deck.flows, 'greeting');
    const file = path.join(folder, 'compose.jinja2');
    await deck.start();
    await app.edit('greeting', 'compose.jinja2');
    await app.write('compose.jinja2', MINE);
    writeFileSync(file, THEIRS);
    await app.saveOverChange();
    await page.getByRole('button', { name: 'Use the file on disk' }).click();
    await expect(app.editor('compose.jinja2')).toContainText('theirs');
    expect(readFileSync(file, 'utf8')).toBe(THEIRS);
  });
});

test('a file that was deleted comes back as it was, unless another has its name by then', async ({ app, deck, page }) => {
  const folder = addSample(deck.flows, 'greeting');
  const file = path.join(folder, 'compose.jinja2');
  const text = readFileSync(file, 'utf8');
  await deck.start();
  await app.open('greeting');
  const remove = async () => {
    await app.file('compose.jinja2').focus();
    await page.keyboard.press('Delete');
    await expect(app.dialog).toContainText('You can undo this right afterwards, or restore it for 30 days.');
    await app.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(app.file('compose.jinja2')).toBeHidden();
  };
  await remove();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.file('compose.jinja2')).toBeVisible();
  expect(readFileSync(file, 'utf8')).toBe(text);

  await remove();
  writeFileSync(file, 'another\n');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.status.filter({ hasText: 'Couldn’t restore compose.jinja2' })).toBeVisible();
  expect(readFileSync(file, 'utf8')).toBe('another\n');
});

test('files that are no text or too large are named as such, not opened', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'odd', {
    'flow.dag.yaml': NODES,
    'picture.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
    'large.txt': 'line\n'.repeat(500_000),
  });
  await deck.start();
  await app.open('odd', '?raw=1');
  await app.file('picture.png').click();
  await expect(page.getByRole('main')).toContainText('It’s a binary file');
  await expect(app.editor('picture.png')).toBeHidden();
  await app.file('large.txt').click();
  await expect(page.getByRole('main')).toContainText('is too large. The limit is 2 MiB.');
  await expect(app.editor('large.txt')).toBeHidden();
});

test('closing a tab with unsaved edits asks first', async ({ app, deck, page }) => {
  const folder = addSample(deck.flows, 'greeting');
  const file = path.join(folder, 'compose.jinja2');
  await deck.start();
  await app.edit('greeting', 'compose.jinja2');
  await app.append('compose.jinja2', 'more');
  await page.getByRole('tab', { name: 'compose.jinja2' }).focus();
  await page.keyboard.press('Delete');
  await expect(app.dialog).toContainText('They aren’t saved yet.');
  await app.dialog.getByRole('button', { name: 'Keep editing' }).click();
  await expect(app.editor('compose.jinja2')).toContainText('more');
  await page.getByRole('tab', { name: 'compose.jinja2' }).focus();
  await page.keyboard.press('Delete');
  await app.dialog.getByRole('button', { name: 'Save and close' }).click();
  await until('the file to be saved', () => readFileSync(file, 'utf8').includes('more'));
  await expect(page.getByRole('tab', { name: 'compose.jinja2' })).toBeHidden();
});

test('requirements.txt can be saved alone', async ({ app, deck, page }) => {
  const folder = addSample(deck.flows, 'reading-time');
  await deck.start();
  await app.edit('reading-time', 'requirements.txt');
  await app.append('requirements.txt', '# more\n');
  await page.getByRole('button', { name: 'Save only' }).click();
  await until('the file to be saved', () =>
    readFileSync(path.join(folder, 'requirements.txt'), 'utf8').endsWith('# more\n'),
  );
});
