import { configDefaults, defineConfig } from "vitest/config";

const SLOW = "{src,test}/**/*.slow.test.ts";

export default defineConfig({
  test: {
    pool: "threads",
    isolate: false,
    // A test run that was told to look at nothing has proved nothing.
    passWithNoTests: false,
    allowOnly: false,
    reporters: ["default"],
    coverage: {
      provider: "v8",
      include: ["src/core/**/*.ts"],
      reporter: ["text", "html"],
      thresholds: { branches: 95 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["{src,test,tools}/**/*.test.ts"],
          exclude: [...configDefaults.exclude, SLOW],
          // Fast ones take milliseconds; a busy machine must not make them fail.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Processes, strace, crashes: one file after the other, when the fast ones are done.
        extends: true,
        test: {
          name: "slow",
          include: [SLOW],
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
