// Start with advanced settings: three steps, checked before anything is allocated, kept and shared.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expectAccessible } from '../harness/accessibility.ts';
import { addFlow, addSample, pythonFlow } from '../harness/flows.ts';
import { expect, test } from '../harness/test.ts';
import { Wizard } from '../harness/wizard.ts';

test.use({ engine: 'fake' });

const START = { timeout: 90_000 };
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

test('three steps to a session with a size and an idle time of its own', async ({ app, deck, page }) => {
  test.slow();
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  const sizes = await deck.api.sizes();
  const size = sizes[1]?.name ?? '';

  const wizard = await Wizard.open(app);
  await expect(wizard.dialog.getByRole('heading', { level: 3 })).toBeFocused();
  await expect(wizard.radio('Serverless compute')).toBeChecked();
  await expect(wizard.radio('Compute instance')).toBeDisabled();
  await expect(wizard.dialog).toContainText('Your administrator hasn’t set up any compute instance.');
  await expect(wizard.sizes.getByRole('radio', { name: /^Default/ })).toBeChecked();
  await expect(wizard.dialog).toContainText('Quota available:');
  await expect(wizard.identity).toHaveValue('');
  await expectAccessible(page);

  await wizard.size(size).check();
  await wizard.idle.fill('1.5');
  await wizard.idleUnit.selectOption('hours');
  await wizard.next();
  await wizard.expectStep('Base image');
  await expect(wizard.dialog.getByRole('heading', { level: 3 })).toBeFocused();
  await expect(wizard.radio('Default base image')).toBeChecked();
  await expectAccessible(page);

  await wizard.back();
  await expect(wizard.size(size)).toBeChecked();
  await expect(wizard.idle).toHaveValue('1.5');
  await wizard.review();
  await expect(wizard.choice('Virtual machine size')).toContainText(size);
  await expect(wizard.choice('Virtual machine size')).toContainText('Changed');
  await expect(wizard.choice('Idle shutdown time')).toContainText('90 minutes');
  await expect(wizard.choice('Base image')).toHaveText('Default base image');
  for (const check of ['Quota', 'Base image', 'Identity', 'Requirements file', 'flow.dag.yaml', 'Disk space']) {
    await expect(wizard.check(check)).toContainText('OK');
  }
  await expectAccessible(page);
  expect((await deck.api.session('greeting')).state, 'before it is applied').toBe('notExist');

  await wizard.apply.click();
  await expect(wizard.dialog).toBeHidden();
  await expect(app.sessionMenu).toBeVisible(START);
  await expect(app.sessionMenu).toBeFocused();
  await expect(page).not.toHaveURL(/advanced/);
  const session = await deck.api.session('greeting');
  expect(session.size?.name).toBe(size);
  expect(session.maxIdleTimeSeconds).toBe(5400);
  await app.run();
});

test('Next stays with what is wrong and leads to it; never needs no number', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  const wizard = await Wizard.open(app);

  await wizard.idle.fill('soon');
  await wizard.next();
  await wizard.expectStep('Compute settings');
  await expect(wizard.idle).toBeFocused();
  await expect(wizard.idle).toHaveAttribute('aria-invalid', 'true');
  await expect(wizard.idle).toHaveAccessibleDescription(/Enter a number/);
  await expectAccessible(page);
  await wizard.idle.fill('');
  await expect(wizard.idle).toHaveAccessibleDescription(/Enter a time/);
  await wizard.idleUnit.selectOption('never');
  await expect(wizard.idle).toBeDisabled();
  await expect(wizard.idle).toHaveAccessibleDescription(/until you stop it/);
  await wizard.review();
  await expect(wizard.choice('Idle shutdown time')).toContainText('Never');
});

test('Escape asks only when something was entered', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  const question = page.getByRole('alertdialog', { name: 'Discard changes?' });

  let wizard = await Wizard.open(app);
  await page.keyboard.press('Escape');
  await expect(wizard.dialog).toBeHidden();
  await expect(question).toBeHidden();
  await expect(page.getByRole('button', { name: 'Compute session options' })).toBeFocused();

  wizard = await Wizard.open(app);
  await wizard.idle.fill('7');
  await page.keyboard.press('Escape');
  await expect(question).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(wizard.idle).toHaveValue('7');
  await wizard.button('Cancel').click();
  await question.getByRole('button', { name: 'Keep editing' }).click();
  await expect(wizard.idle).toHaveValue('7');
  await page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(wizard.dialog).toBeHidden();

  wizard = await Wizard.open(app);
  await expect(wizard.idle).toHaveValue('1');
});

test('a link opens it filled in, a reload keeps what was entered, and what cannot be had is told', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  await deck.start();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.open('greeting');
  const size = (await deck.api.sizes())[0]?.name ?? '';
  const wizard = await Wizard.open(app);
  await wizard.size(size).check();
  await wizard.idle.fill('20');
  await wizard.idleUnit.selectOption('minutes');
  await page.reload();
  await expect(wizard.size(size)).toBeChecked();
  await expect(wizard.idle).toHaveValue('20');
  await wizard.review();
  await wizard.button('Copy link to these settings').click();
  const link = await page.evaluate(() => navigator.clipboard.readText());

  await page.goto('about:blank');
  await page.goto(link);
  await wizard.expectStep('Compute settings');
  await expect(wizard.size(size)).toBeChecked();
  await expect(wizard.idle).toHaveValue('20');
  await expect(wizard.idleUnit).toHaveValue('minutes');
  await page.keyboard.press('Escape');
  await expect(wizard.dialog).toBeHidden();

  await page.goto(deck.url(`flows/greeting?advanced=compute&vm=${size}&idle=-5&colour=red`));
  await expect(wizard.size(size)).toBeChecked();
  await expect(wizard.dialog).toContainText('‘-5’ isn’t an idle shutdown time.');
  await expect(wizard.dialog).toContainText('The wizard has no setting ‘colour’.');
  await expectAccessible(page);

  await page.goto(deck.url('flows/greeting?advanced=review&vm=Huge&idle=default'));
  await wizard.expectStep('Review');
  await expect(wizard.dialog).toContainText('VM size ‘Huge’ doesn’t exist.');
  await expect(wizard.apply).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page);
  await wizard.button('Fix').click();
  await wizard.expectStep('Compute settings');
  await wizard.sizes.getByRole('radio', { name: /^Default/ }).check();
  await wizard.review();
  await expect(wizard.apply).not.toHaveAttribute('aria-disabled');
});

test('the choices are kept as a preset in the flow folder and fill the wizard in again', async ({ app, deck, page }) => {
  const folder = addSample(deck.flows, 'greeting');
  await deck.start();
  await app.open('greeting');
  const name = 'long <b>runs 50%';
  let wizard = await Wizard.open(app);
  await wizard.idle.fill('8');
  await wizard.review();
  await wizard.button('Save as preset').click();
  const field = wizard.dialog.getByLabel('Name of the preset');
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/Enter a name for the preset/);
  await field.fill('a/b');
  await wizard.button('Save as preset').click();
  await expect(field).toHaveAccessibleDescription(/1 to 60/);
  await expect(field).toBeFocused();
  await field.fill(name);
  await wizard.button('Save as preset').click();
  await expect(app.status.filter({ hasText: 'saved in the flow folder' })).toBeVisible();
  expect(readFileSync(path.join(folder, '.flowdeck/presets.json'), 'utf8')).toContain(name);
  await field.fill(name);
  await expect(wizard.button('Replace preset')).toBeVisible();

  await page.goto(deck.url('flows/greeting'));
  await page.getByRole('button', { name: 'Compute session options' }).click();
  await expect(page.getByRole('menuitem', { name: `Start with preset ‘${name}’` })).toBeVisible();
  await page.keyboard.press('Escape');
  wizard = await Wizard.open(app);
  await expect(wizard.idle).toHaveValue('1');
  const presets = wizard.dialog.getByLabel('Preset', { exact: true });
  await presets.selectOption(name);
  await expect(wizard.idle).toHaveValue('8');
  await expectAccessible(page);
  await wizard.button(`Delete preset ${name}`).click();
  await expect(wizard.dialog).toContainText('was deleted');
  await expect(presets).toBeHidden();
  await wizard.button('Undo').click();
  await expect(presets.getByRole('option', { name })).toBeAttached();
});

test('the review tells what a start would fail on, before it is made', async ({ app, deck, page }) => {
  const flow = pythonFlow('return text');
  const folder = addFlow(deck.flows, 'needy', {
    ...flow,
    'flow.dag.yaml': `${flow['flow.dag.yaml']}environment:\n  python_requirements_txt: wanted.txt\n`,
  });
  await deck.start();
  await app.open('needy');
  const wizard = await Wizard.open(app);
  await wizard.review();
  await expect(wizard.check('Requirements file')).toContainText('Failure');
  await expect(wizard.apply).toHaveAttribute('aria-disabled', 'true');
  await expect(wizard.apply).toHaveAccessibleDescription(/wanted\.txt/);
  await expectAccessible(page);
  expect((await deck.api.session('needy')).state).toBe('notExist');

  writeFileSync(path.join(folder, 'wanted.txt'), '# nothing\n');
  writeFileSync(path.join(folder, 'flow.dag.yaml'), `${flow['flow.dag.yaml']}  wrong\n`);
  await wizard.button('Check again').click();
  await expect(wizard.check('flow.dag.yaml')).toContainText('Warning');
  rmSync(path.join(folder, 'wanted.txt'));
});

test('sizes beyond what is left of the quota are disabled with the reason', async ({ app, deck, page }) => {
  addSample(deck.flows, 'greeting');
  addFlow(deck.flows, 'greedy', pythonFlow('return text'));
  await deck.start();
  const sizes = await deck.api.sizes();
  const largest = sizes.at(-1)?.name ?? '';
  await deck.api.putSettings('greedy', { compute: { serverless: { vmSize: largest } } });

  await app.open('greeting');
  const wizard = await Wizard.open(app);
  await expect(wizard.size(largest)).toBeDisabled();
  await expect(wizard.size(largest)).toHaveAccessibleDescription(/Not enough quota: needs .* available|Exceeds your quota/);
  await expectAccessible(page);
  await wizard.next();
  await expect(wizard.sizes).toBeFocused();
  await expect(wizard.sizes).toHaveAccessibleDescription(/No VM size is available now/);
  await expectAccessible(page);

  await deck.api.stopSessions();
  await page.reload();
  await expect(wizard.size(largest)).toBeEnabled();
});

test('a check that failed has its next step as a button', async ({ app, deck, page }) => {
  addFlow(deck.flows, 'pinned', pythonFlow('return text', { 'requirements.txt': 'promptflow==1.17.2\n' }));
  const lacking = pythonFlow('return text');
  lacking['flow.dag.yaml'] += 'environment:\n  python_requirements_txt: needs.txt\n';
  addFlow(deck.flows, 'lacking', lacking);
  await deck.start();

  await app.open('pinned');
  let wizard = await Wizard.open(app);
  await wizard.review();
  await expect(wizard.check('Requirements file')).toContainText('promptflow==1.17.2');
  await expect(wizard.apply).toBeDisabled();
  await wizard.button('Keep the base’s version').click();
  await expect(wizard.check('Requirements file')).not.toContainText('Failure');
  await expect(wizard.apply).toBeEnabled();
  await expectAccessible(page);

  await app.open('lacking');
  wizard = await Wizard.open(app);
  await wizard.review();
  await wizard.button('Create needs.txt').click();
  await expect(app.editor('needs.txt')).toBeVisible();
  expect(existsSync(path.join(deck.flows, 'lacking/needs.txt'))).toBe(true);
  wizard = await Wizard.open(app);
  await wizard.review();
  await expect(wizard.check('Requirements file')).toContainText('OK');
});

test.describe('where sessions are processes', () => {
  test.use({ engine: 'real' });

  test('a custom base image is checked as one types, and written to the definition file', async ({ app, deck, page }) => {
    test.slow();
    const folder = addSample(deck.flows, 'greeting');
    await deck.start();
    await app.open('greeting');
    const wizard = await Wizard.open(app);
    await wizard.next();
    await wizard.radio('Custom base image').check();
    await expect(wizard.dialog).toContainText('This server can’t run container images.');

    await wizard.next();
    await expect(wizard.imageUrl).toBeFocused();
    await expect(wizard.imageUrl).toHaveAccessibleDescription(/Enter the image’s URL/);
    await wizard.imageUrl.fill('https://registry.example.com/team/runtime');
    await expect(wizard.imageUrl).toHaveAccessibleDescription(/Remove https/);
    await expectAccessible(page);
    await wizard.imageUrl.fill('registry.example.com/Team');
    await expect(wizard.imageUrl).toHaveAccessibleDescription(/lowercase/);
    await wizard.imageUrl.fill('registry.example.com:5000/team/runtime:v1');
    await wizard.imageTag.fill('v2');
    await expect(wizard.imageTag).toHaveAccessibleDescription(/already has a tag or digest/);
    await wizard.imageUrl.fill('registry.example.com:5000/team/runtime');
    await expect(wizard.imageTag).not.toHaveAttribute('aria-invalid');
    await wizard.imageTag.fill('sha256:12');
    await expect(wizard.imageTag).toHaveAccessibleDescription(/64 digits/);
    await wizard.imageTag.fill(DIGEST);

    const image = `registry.example.com:5000/team/runtime@${DIGEST}`;
    await wizard.next();
    await expect(wizard.choice('Base image')).toContainText(image);
    await expect(wizard.check('Base image')).toContainText('Warning');
    await expect(wizard.dialog.getByRole('list', { name: 'Lines that change' })).toContainText(`image: ${image}`);
    await expectAccessible(page);

    const file = path.join(folder, 'flow.dag.yaml');
    const theirs = `# theirs\n${readFileSync(file, 'utf8')}`;
    writeFileSync(file, theirs);
    await wizard.apply.click();
    await expect(wizard.dialog).toContainText('flow.dag.yaml changed after the review. Nothing was saved.');
    await expectAccessible(page);
    expect(readFileSync(file, 'utf8')).toBe(theirs);
    await wizard.back();
    await wizard.next();
    await wizard.apply.click();
    await expect(app.sessionMenu).toBeVisible(START);
    const written = readFileSync(file, 'utf8');
    expect(written).toContain('# theirs');
    expect(written).toContain(image);
  });
});
