// The pictures of the guides: `cargo xtask screenshots`.

import { defineConfig } from '@playwright/test';

import tests from './playwright.config.ts';

export default defineConfig({
  ...tests,
  testDir: 'screenshots',
  testMatch: '*.shots.ts',
  outputDir: '../../target/e2e/screenshots',
  workers: 1,
  retries: 0,
  timeout: 600_000,
  use: { ...tests.use, colorScheme: 'light', locale: 'en-GB', reducedMotion: 'reduce' },
});
