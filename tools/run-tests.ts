import type { TestModule, Vitest } from "vitest/node";

export type Outcome = {
  readonly passed: number;
  readonly failed: number;
  /** File and full name of each, in the order of the files. */
  readonly skipped: readonly string[];
};

/** Runs vitest in this process. A file that does not load and an error outside any test count as failed. */
export async function runTests(args: readonly string[]): Promise<Outcome> {
  process.env["NODE_ENV"] ??= "test";
  // Vitest decides on colors when it is loaded, and would write them into a file.
  if (!process.stdout.isTTY && process.env["FORCE_COLOR"] === undefined) {
    process.env["NO_COLOR"] = "1";
  }
  const { parseCLI, startVitest } = await import("vitest/node");
  const { filter, options } = parseCLI(["vitest", "run", ...args]);
  const vitest = await startVitest(filter, { ...options, watch: false });
  const outcome = counted(vitest);
  await vitest.close();
  // What vitest itself calls a failure, such as too little coverage, is never reported as none.
  const refused = process.exitCode !== undefined && process.exitCode !== 0;
  return refused && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

/** A run of a few tests by name skips all others, which nobody wants to read. */
const NAMED_MAX = 20;

/** What a run ends with: the tests that were skipped, by name, and the line that counts. */
export function summary({ passed, failed, skipped }: Outcome): string {
  const line = `${passed} passed, ${failed} failed`;
  if (skipped.length === 0) return line;
  const names = skipped.slice(0, NAMED_MAX).map((name) => `  ${name}`);
  const rest = skipped.length - names.length;
  const more = rest === 0 ? [] : [`  and ${rest} more`];
  return ["Skipped:", ...names, ...more, `${line}, ${skipped.length} skipped`].join("\n");
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
    skipped: modules.flatMap(skippedIn),
  };
}

function skippedIn({ relativeModuleId, children }: TestModule): readonly string[] {
  return [...children.allTests("skipped")].map(
    ({ fullName }) => `${relativeModuleId}: ${fullName}`,
  );
}
