// The page in the words of a person: what is on it, by role and accessible name, and what one does with it.

import { type Locator, type Page, expect } from '@playwright/test';

import type { Deck } from './deck.ts';

/** A start on a busy machine: the executor imports promptflow. */
const START = { timeout: 90_000 };
const RUN = { timeout: 60_000 };

export class App {
  readonly page: Page;
  readonly #deck: Deck;

  constructor(page: Page, deck: Deck) {
    this.page = page;
    this.#deck = deck;
  }

  // Pages

  /** Opens the link that the server prints. */
  async signIn(): Promise<void> {
    await this.page.goto(this.#deck.readyUrl);
    await expect(this.page.getByRole('heading', { level: 1, name: 'Prompt flow' })).toBeVisible();
  }

  /** Signs in by a link to a flow's page; `query` such as `?raw=1`. */
  async open(flow: string, query = ''): Promise<void> {
    const address = new URL(this.#deck.url(`flows/${encodeURIComponent(flow)}${query}`));
    address.searchParams.set('token', this.#deck.token);
    await this.page.goto(address.href);
    await expect(this.page.getByRole('group', { name: 'Flow actions' })).toBeVisible();
  }

  // The compute session

  get startButton(): Locator {
    return this.page.getByRole('button', { name: 'Start compute session', exact: true });
  }

  /** The menu button of a session that runs. */
  get sessionMenu(): Locator {
    return this.page.getByRole('button', { name: 'Compute session running' });
  }

  /** The drawer with all that there is to know of the session. */
  get session(): Locator {
    return this.page.getByRole('complementary', { name: 'Compute session' });
  }

  /** The button in the page's head that opens and closes the drawer. */
  get sessionDetails(): Locator {
    return this.page.getByRole('button', { name: 'Compute session details' });
  }

  /** Opens the drawer, unless it has opened already. */
  async showSession(): Promise<void> {
    const details = this.sessionDetails;
    if ((await details.getAttribute('aria-expanded')) !== 'true') await details.click();
    await expect(this.session).toBeVisible();
  }

  async hideSession(): Promise<void> {
    await this.session.getByRole('button', { name: 'Close' }).click();
    await expect(this.session).toBeHidden();
  }

  /** What the drawer says of a session that runs: size, uptime, and when it ends or why it does not. */
  get facts(): Locator {
    return this.page.getByRole('list', { name: 'Compute session facts' });
  }

  /** The session's log, which may be folded away. */
  get sessionLog(): Locator {
    return this.session.getByRole('log', { name: 'Session log', includeHidden: true });
  }

  async startSession(): Promise<void> {
    await this.startButton.click();
    await expect(this.sessionMenu).toBeVisible(START);
  }

  async chooseSession(item: string): Promise<void> {
    await this.sessionMenu.click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Presses Save and install in the open requirements file, and then Install below the plan. */
  async saveAndInstall(): Promise<void> {
    await this.page.getByRole('button', { name: 'Save and install' }).click();
    await expect(this.dialog.getByRole('status').first()).toContainText(/would change|Packages:/, RUN);
    await this.dialog.getByRole('button', { name: 'Install', exact: true }).click();
    await expect(this.dialog).toBeHidden();
  }

  async stopSession(): Promise<void> {
    await this.chooseSession('Stop compute session');
    const question = this.page.getByRole('alertdialog', { name: 'Stop compute session?' });
    await question.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(this.startButton).toBeVisible(START);
  }

  // Runs

  get runButton(): Locator {
    return this.page.getByRole('button', { name: 'Run', exact: true });
  }

  get outputs(): Locator {
    return this.page.getByRole('region', { name: 'Outputs' });
  }

  get nodes(): Locator {
    return this.page.getByRole('region', { name: 'Nodes' });
  }

  get runs(): Locator {
    return this.page.getByRole('region', { name: 'Runs' });
  }

  /** One node of the list of nodes. */
  node(name: string): Locator {
    return this.nodes.getByRole('listitem').filter({ has: this.page.getByRole('heading', { name, exact: true }) });
  }

  /** What an unfolded tab of a node shows: `Input`, `Output` or `Log`. */
  async nodeTab(name: string, tab: string): Promise<Locator> {
    const node = this.node(name);
    const heads = node.getByRole('tab', { name: tab });
    if (!(await heads.isVisible())) await node.getByText('Input, output and log').click();
    await heads.click();
    return node.getByRole('tabpanel');
  }

  /** Presses Run and waits until a new run is listed. */
  async beginRun(): Promise<void> {
    await this.#newRun(() => this.runButton.click());
  }

  /** Runs the flow and waits for its end. */
  async run(state: 'Completed' | 'Failed' = 'Completed'): Promise<void> {
    await this.beginRun();
    await this.expectRun(state);
  }

  /** Runs one node alone and waits for its end. */
  async runNode(name: string): Promise<void> {
    await this.#newRun(() => this.node(name).getByRole('button', { name: `Run this node: ${name}` }).click());
    await this.expectRun('Completed');
  }

  async #newRun(begin: () => Promise<void>): Promise<void> {
    await expect(this.runs.getByText(/No runs yet|Run \d+/).first()).toBeVisible();
    const before = await this.runs.getByRole('listitem').count();
    await begin();
    await expect(this.runs.getByRole('listitem')).toHaveCount(before + 1);
  }

  /** The newest run is in this state, or gets there. */
  async expectRun(state: string): Promise<void> {
    await expect(this.runs.getByRole('listitem').first()).toContainText(state, RUN);
  }

  /** Shows an earlier run, by its number. */
  async chooseRun(number: number): Promise<void> {
    await this.runs.getByRole('link', { name: `Run ${number}`, exact: true }).click();
  }

  /** Shows one of the tabs of the run: `Outputs`, `Inputs`, `Metrics` or `Log`. */
  async runTab(name: string): Promise<Locator> {
    await this.outputs.getByRole('tab', { name, exact: true }).click();
    return this.outputs.getByRole('tabpanel');
  }

  /** The control of an input; its label is its name, its type and its part in a chat. */
  input(name: string): Locator {
    return this.page.getByRole('region', { name: 'Inputs' }).getByLabel(new RegExp(`^${name}\\s*\\w+( · chat \\w+)?$`));
  }

  // Raw file mode

  get rawSwitch(): Locator {
    return this.page.getByRole('switch', { name: 'Raw file mode' });
  }

  async setRawMode(on: boolean): Promise<void> {
    await this.rawSwitch.setChecked(on);
  }

  get files(): Locator {
    return this.page.getByRole('region', { name: 'Files' });
  }

  file(name: string): Locator {
    return this.files.getByRole('treeitem', { name });
  }

  editor(path: string): Locator {
    return this.page.getByRole('textbox', { name: path, exact: true });
  }

  get saveButton(): Locator {
    return this.page.getByRole('button', { name: 'Save', exact: true });
  }

  async openFile(path: string): Promise<void> {
    await this.file(path).click();
    await expect(this.editor(path)).toBeVisible();
  }

  /** Opens a flow in raw file mode with one of its files. */
  async edit(flow: string, path: string): Promise<void> {
    await this.open(flow, `?raw=1&file=${encodeURIComponent(path)}`);
    await expect(this.editor(path)).toBeVisible();
  }

  /** Puts `text` in the place of everything in the editor. */
  async write(path: string, text: string): Promise<void> {
    await this.editor(path).click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.insertText(text);
  }

  /** Types at the end of the file. */
  async append(path: string, text: string): Promise<void> {
    await this.editor(path).click();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.insertText(text);
  }

  /** Asks to save over a file that changed on disk, which shows both. */
  async saveOverChange(): Promise<void> {
    await expect(this.page.getByText('Another program changed it')).toBeVisible();
    await this.saveButton.click();
    await expect(this.page.getByRole('region', { name: 'Differences' })).toBeVisible();
  }

  /** The marks in the editor's margin. */
  get findingMarks(): Locator {
    return this.page.locator('.cm-gutter-lint .cm-lint-marker');
  }

  get findingTooltip(): Locator {
    return this.page.locator('.cm-tooltip-lint');
  }

  /** The numbers of the lines that a mark of the margin stands at. */
  async markedLines(): Promise<number[]> {
    const tops = await this.findingMarks.evaluateAll((marks) =>
      marks.map((mark) => mark.closest('.cm-gutterElement')?.getBoundingClientRect().top),
    );
    const numbers = await this.page
      .locator('.cm-lineNumbers .cm-gutterElement')
      .evaluateAll((all) => all.map((one) => ({ top: one.getBoundingClientRect().top, number: Number(one.textContent) })));
    return numbers.filter(({ top }) => tops.includes(top)).map(({ number }) => number);
  }

  /** The list of findings below the editor. */
  get problems(): Locator {
    return this.page.getByRole('region', { name: 'Problems' });
  }

  /** Presses a control that says that it cannot be used, which Playwright would wait for. */
  async pressRefused(control: Locator): Promise<void> {
    await expect(control).toHaveAttribute('aria-disabled', 'true');
    await control.click({ force: true });
  }

  // What is told

  get status(): Locator {
    return this.page.getByRole('status');
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog').or(this.page.getByRole('alertdialog'));
  }
}
