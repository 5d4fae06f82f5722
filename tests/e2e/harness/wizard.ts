// The wizard of a compute session's settings, in the words of a person.

import { type Locator, type Page, expect } from '@playwright/test';

import type { App } from './app.ts';

export class Wizard {
  readonly dialog: Locator;
  readonly #page: Page;

  constructor(page: Page, title: 'Start with advanced settings' | 'Change compute session settings' = 'Start with advanced settings') {
    this.#page = page;
    this.dialog = page.getByRole('dialog', { name: title });
  }

  /** Opens it from the menu beside the start button. */
  static async open(app: App): Promise<Wizard> {
    await app.page.getByRole('button', { name: 'Compute session options' }).click();
    await app.page.getByRole('menuitem', { name: 'Start with advanced settings' }).click();
    const wizard = new Wizard(app.page);
    await wizard.expectStep('Compute settings');
    return wizard;
  }

  /** Opens it from the menu of a session that runs. */
  static async change(app: App): Promise<Wizard> {
    await app.chooseSession('Change compute session settings');
    const wizard = new Wizard(app.page, 'Change compute session settings');
    await wizard.expectStep('Compute settings');
    return wizard;
  }

  // Steps

  async expectStep(name: 'Compute settings' | 'Base image' | 'Review'): Promise<void> {
    await expect(this.dialog.getByRole('heading', { level: 3, name })).toBeVisible();
  }

  button(name: string): Locator {
    return this.dialog.getByRole('button', { name, exact: true });
  }

  async next(): Promise<void> {
    await this.button('Next').click();
  }

  async back(): Promise<void> {
    await this.button('Back').click();
  }

  /** From the first step to the review, with the checks made. */
  async review(): Promise<void> {
    await this.next();
    await this.expectStep('Base image');
    await this.next();
    await this.expectStep('Review');
    await expect(this.check('Disk space')).toBeVisible();
  }

  get apply(): Locator {
    return this.button('Apply and start compute session');
  }

  get applyChanges(): Locator {
    return this.button('Apply changes');
  }

  // Compute settings

  get sizes(): Locator {
    return this.dialog.getByRole('radiogroup', { name: 'Virtual machine size' });
  }

  size(name: string): Locator {
    return this.sizes.getByRole('radio', { name: new RegExp(`^${name}: `) });
  }

  get idle(): Locator {
    return this.dialog.getByLabel('Idle shutdown time', { exact: true });
  }

  get idleUnit(): Locator {
    return this.dialog.getByLabel('Unit of the idle shutdown time');
  }

  get identity(): Locator {
    return this.dialog.getByLabel('User-assigned managed identity');
  }

  radio(name: string): Locator {
    return this.dialog.getByRole('radio', { name, exact: true });
  }

  // Base image

  get imageUrl(): Locator {
    return this.dialog.getByLabel('Image URL');
  }

  get imageTag(): Locator {
    return this.dialog.getByLabel('Image tag');
  }

  // Review

  /** What is chosen, by the name of the choice. */
  choice(name: string): Locator {
    return this.dialog.getByRole('definition').and(this.#page.locator(`dt:text-is("${name}") + dd`)).first();
  }

  /** What a check found. */
  check(name: string): Locator {
    const checks = this.dialog.getByRole('region', { name: 'Checks' });
    return checks.getByRole('listitem').filter({ has: this.#page.getByText(name, { exact: true }) });
  }
}
