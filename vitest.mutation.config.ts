import { defineConfig } from "vitest/config";

/** What Stryker runs: the tests of the core beside their code, nothing that starts processes. */
export default defineConfig({
  test: { pool: "threads", isolate: false, include: ["src/core/**/*.test.ts"] },
});
