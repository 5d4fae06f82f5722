import { defineConfig } from '@playwright/test';

import { chromium } from './harness/places.ts';

const trace = process.env.FLOWDECK_E2E_TRACE === 'on';

export default defineConfig({
  testDir: 'specs',
  globalSetup: './harness/prepare.ts',
  // A start of a session keeps a core busy; two workers are what a small machine bears.
  workers: Number(process.env.FLOWDECK_E2E_WORKERS ?? 2),
  // Every test has a server of its own: none waits for the file that it stands in.
  fullyParallel: true,
  forbidOnly: true,
  // Tells what fails now and then from what is broken; both count as failures.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  // Containers come and go with network interfaces, at which Chromium ends what is under way: `cargo xtask test` runs
  // one after the other.
  projects: [
    { name: 'product', testIgnore: 'docker.spec.ts', outputDir: '../../target/e2e/results/product' },
    { name: 'docker', testMatch: 'docker.spec.ts', outputDir: '../../target/e2e/results/docker' },
  ],
  use: {
    viewport: { width: 1280, height: 800 },
    actionTimeout: 20_000,
    // Recording every step and frame costs a third of a test's time: FLOWDECK_E2E_TRACE=on, where a failure has to be seen.
    trace: trace ? 'retain-on-failure' : 'on-first-retry',
    launchOptions: {
      executablePath: chromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
