// Runs vitest with the arguments given and ends with the plain line "N passed, N failed".
import { runTests, summary } from "./run-tests.ts";

const outcome = await runTests(process.argv.slice(2));
console.log(summary(outcome));
process.exitCode = outcome.failed === 0 ? 0 : 1;
