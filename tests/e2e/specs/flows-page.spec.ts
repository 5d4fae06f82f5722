// The flows page: every flow of the project, also those that are broken or badly named.

import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample, fakeFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';

test.use({ engine: 'fake' });

const SAMPLES = ['greeting', 'triage-ticket', 'score-answers', 'chat-with-notes', 'reading-time'];

test('flows have name, type and session state, and can be searched', async ({ app, deck, page }) => {
  for (const sample of SAMPLES) addSample(deck.flows, sample);
  await deck.start();
  await app.signIn();
  const rows = page.getByRole('table', { name: 'Flows' }).getByRole('row');
  await expect(rows).toHaveCount(1 + SAMPLES.length);
  await expect(rows.filter({ hasText: 'Score answers' })).toContainText('Evaluation');
  await expect(rows.filter({ hasText: 'Chat with notes' })).toContainText('Chat');
  // Type, compute session, last run: only what is there shows.
  await expect(rows.filter({ hasText: 'Greeting' }).getByRole('cell').nth(1)).toBeEmpty();
  await expect(rows.filter({ hasText: 'Greeting' }).getByRole('cell').nth(2)).toBeEmpty();

  await page.getByRole('searchbox', { name: 'Search flows' }).fill('ticket');
  await expect(rows).toHaveCount(2);
  await expect(app.status).toContainText('1 flow found');
  await page.reload();
  await expect(rows).toHaveCount(2);
  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByRole('button', { name: 'Clear search' }).click();
  await expect(rows).toHaveCount(1 + SAMPLES.length);
});

test('a broken flow is listed with its error and its line', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'broken', { 'flow.dag.yaml': 'inputs: {}\nnodes: [\n' });
  addFlow(deck.flows, 'twins', {
    'flow.dag.yaml': 'nodes:\n- name: a\n  type: prompt\n  source: {type: code, path: a.jinja2}\n'.concat(
      '- name: a\n  type: prompt\n  source: {type: code, path: a.jinja2}\n',
    ),
    'a.jinja2': '',
  });
  await deck.start();
  await app.signIn();
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('broken')).toContainText(/line [23]:/);
  await expect(row('twins')).toContainText(/line [25]:.*a/);
  await page.getByRole('link', { name: 'broken' }).click();
  await expect(page.getByRole('link', { name: /flow\.dag\.yaml:[23]/ })).toBeVisible();
  await expect(app.rawSwitch).toBeVisible();
});

test('without a flow the page explains what a flow folder is; the first one appears by itself', async ({
  app,
  deck,
  page,
}) => {
  await deck.start();
  await app.signIn();
  await expect(page.getByRole('heading', { name: 'No flows yet' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText(deck.flows);
  addSample(deck.flows, 'greeting');
  await expect(page.getByRole('link', { name: 'Greeting' })).toBeVisible();
});

test('a lost server is told, and found again', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.signIn();
  await deck.kill();
  const banner = page.getByRole('alert').filter({ hasText: 'Connection lost' });
  await expect(banner).toBeVisible();
  await deck.start();
  await expect(banner).toBeHidden({ timeout: 60_000 });
  addSample(deck.flows, 'triage-ticket');
  await expect(page.getByRole('link', { name: 'Triage a support ticket' })).toBeVisible();
});

test('names are text, whatever they hold', async ({ app, deck, page }) => {
  const evil = '<img src=x onerror=alert(1)>';
  const long = 'n'.repeat(60);
  addFlow(deck.flows, evil, {
    'flow.dag.yaml': `display_name: '${evil}'\ndescription: '<script>alert(2)</script>'\nnodes: []\n`,
    [`${evil}.py`]: `# ${evil}\n`,
  });
  addFlow(deck.flows, long, { 'flow.dag.yaml': 'nodes: []\n' });
  const dialogs: string[] = [];
  page.on('dialog', async (dialog) => {
    dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  await deck.start();
  await app.signIn();
  await expect(page.getByRole('link', { name: long })).toBeVisible();
  await page.getByRole('link', { name: evil }).click();
  await expect(page.getByRole('heading', { level: 1, name: evil })).toBeVisible();
  await app.setRawMode(true);
  await app.openFile(`${evil}.py`);
  await expect(page.locator('img')).toHaveCount(0);
  expect(dialogs).toEqual([]);
});

test('a flow deeper down has its own address and runs', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, 'repository/flows/upper', fakeFlow({ nodes: { work: { output: 'HELLO' } } }));
  await deck.start();
  await app.signIn();
  await expect(page.getByRole('link', { name: 'One node' })).toHaveAttribute('title', 'repository/flows/upper');
  await page.getByRole('link', { name: 'One node' }).click();
  await expect(page).toHaveURL(deck.url('flows/repository/flows/upper'));
  await page.reload();
  await app.startSession();
  await app.run();
  await expect(app.outputs).toContainText('HELLO');
  await app.setRawMode(true);
  await app.openFile('flow.dag.yaml');
  rmSync(folder, { recursive: true });
  await page.goto(deck.url(''));
  await expect(page.getByRole('heading', { name: 'No flows yet' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText(/Searched \d+ folders/);
  await expectAccessible(page);
});

test('a name that would be shown as another is shown with its codes, and edited as itself', async ({ app, deck, page }) => {
  const folder = addFlow(deck.flows, '\u202egnp', {
    'flow.dag.yaml': 'nodes: []\n',
    '\u202egnp.exe.py': '# hello\n',
  });
  await deck.start();
  await app.signIn();
  await page.getByRole('link', { name: '‹U+202E›gnp' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '‹U+202E›gnp' })).toBeVisible();
  await app.setRawMode(true);
  await app.file('‹U+202E›gnp.exe.py').click();
  await expect(page.getByRole('tab', { name: '‹U+202E›gnp.exe.py' })).toBeVisible();
  const editor = app.editor('‹U+202E›gnp.exe.py');
  await editor.fill('# bye');
  await app.saveButton.click();
  await expect.poll(() => readFileSync(path.join(folder, '\u202egnp.exe.py'), 'utf8')).toContain('# bye');
});

test('an address that leads nowhere says so', async ({ app, deck, page }) => {
  await deck.start();
  await app.signIn();
  const refused = () =>
    page.waitForResponse((response) => response.url().includes('/events') && response.status() === 404);
  const first = refused();
  await page.goto(deck.url('flows/not-there'));
  await expect(page.getByText('This flow doesn’t exist')).toBeVisible();
  await first;
  // The server answers, and so nothing says that it is lost, even after the event stream was refused again.
  const second = refused();
  await page.getByRole('main').getByRole('button', { name: 'Retry' }).click();
  await second;
  await expect(page.getByText('This flow doesn’t exist')).toBeVisible();
  await expect(page.getByText('Connection lost')).toBeHidden();
  await page.getByRole('main').getByRole('link', { name: 'See all flows' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Prompt flow' })).toBeVisible();
  await page.goto(deck.url('no/such/page'));
  await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible();
});
