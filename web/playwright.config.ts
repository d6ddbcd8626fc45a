import { defineConfig } from '@playwright/test'

import { launchOptions } from './e2e/support/chromium.js'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'node_modules/.e2e',
  // Two cores: the server, the browser and the model share them.
  workers: 1,
  fullyParallel: false,
  // What a busy machine made late is told as flaky; what is broken fails twice.
  retries: 1,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: launchOptions(),
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    actionTimeout: 15_000,
  },
})
