// The desk of the crash proof: keel as it is, except that it ends itself at the crash point it is told, as hard as a
// power cut ends a process. Takes the arguments of keel.
import { readFileSync } from "node:fs";
import { processIo } from "#cli/process-io.ts";
import { realRuntime } from "#cli/real-runtime.ts";
import { runCli } from "#cli/run-cli.ts";
import { serveGateway } from "#practice/projectx/serve-gateway.ts";
import { serveVenue } from "#practice/simulated/serve-venue.ts";
import type { CrashPoint } from "#runtime/crash-point.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";

/** Where to die: when a point is passed for the `passes`-th time from now on. */
export type Armed = { readonly point: CrashPoint; readonly passes: number };

/** Often, so that a life of seconds has some. */
const RECORDS_PER_SNAPSHOT = 60;

const atStart = process.env["KEEL_CRASH_AT"];
let armed = atStart === undefined ? null : (JSON.parse(atStart) as Armed);
process.on("message", (message) => {
  armed = message as Armed;
});
// Nobody is left to judge.
process.on("disconnect", () => process.exit());

const packageFile = new URL("../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { readonly version: string };
const io = processIo(process);
const runtime = realRuntime({
  io,
  strategies: STRATEGIES,
  version,
  serveVenue,
  serveGateway,
  passPoint,
});
const code = await runCli(process.argv.slice(2), io, {
  ...runtime,
  attach: (plan, options) =>
    runtime.attach(plan, { ...options, recordsPerSnapshot: RECORDS_PER_SNAPSHOT }),
  live: (plan, options) =>
    runtime.live(plan, { ...options, recordsPerSnapshot: RECORDS_PER_SNAPSHOT }),
});
await io.finish(code);
process.disconnect?.();

function passPoint(point: CrashPoint): void {
  if (armed?.point !== point) return;
  armed = { point, passes: armed.passes - 1 };
  if (armed.passes <= 0) process.kill(process.pid, "SIGKILL");
}
