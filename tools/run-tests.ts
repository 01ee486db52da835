import { parseCLI, startVitest, type Vitest } from "vitest/node";

export type Outcome = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
};

/** Runs vitest in this process. A file that does not load and an error outside any test count as failed. */
export async function runTests(args: readonly string[]): Promise<Outcome> {
  process.env["NODE_ENV"] ??= "test";
  const { filter, options } = parseCLI(["vitest", "run", ...args]);
  const vitest = await startVitest(filter, { ...options, watch: false });
  const outcome = counted(vitest);
  await vitest.close();
  // What vitest itself calls a failure, such as too little coverage, is never reported as none.
  const refused = process.exitCode !== undefined && process.exitCode !== 0;
  return refused && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

export function summary({ passed, failed, skipped }: Outcome): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

function counted(vitest: Vitest): Outcome {
  const modules = vitest.state.getTestModules();
  const states = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => test.result().state),
  );
  const count = (state: string) => states.filter((each) => each === state).length;
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const broken = suites.filter((suite) => suite.errors().length > 0).length;
  return {
    passed: count("passed"),
    failed: count("failed") + count("pending") + broken + vitest.state.getUnhandledErrors().length,
    skipped: count("skipped"),
  };
}
