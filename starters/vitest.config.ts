import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: {
    include: ["*/test/**/*.test.{ts,tsx}", "test/**/*.test.{ts,tsx}"],
    environment: "jsdom",
    setupFiles: ["setup/vitest.ts"],
    css: false,
    restoreMocks: true,
    // axe is slow in jsdom when the machine is busy.
    testTimeout: 30_000,
    // Two cores are shared by everything that runs on a small machine.
    maxWorkers: 2,
  },
});
