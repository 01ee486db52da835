// The crash proof: npm run crash -- --kills N [--seed S] [--json]. Ends a desk N times, half of them at the points at
// which a crash is worth surviving, and compares with the venue, which never dies. The last line is the outcome; the
// exit code is 1 when anything was lost. Stopped half-way, the same command goes on where it was.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { processIo } from "#cli/process-io.ts";
import { realRuntime } from "#cli/real-runtime.ts";
import { serveGateway } from "#practice/projectx/serve-gateway.ts";
import { serveVenue } from "#practice/simulated/serve-venue.ts";
import { CRASH_POINTS } from "#runtime/crash-point.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { commit, writeEvidence } from "#tools/evidence.ts";
import { Round, type RoundResult } from "./round.ts";
import { scheduleOf } from "./schedule.ts";
import { Seeded } from "./seeded.ts";

/** A round has a venue and a journal of its own, and is what an interrupted run goes on from. */
const KILLS_PER_ROUND = 50;
/** Shorter runs are for looking, not for proving. */
const KILLS_PROVING = 100;

/** What was done in all rounds together. */
const TOTALS = [
  "requests",
  "accepted",
  "orders",
  "fills",
  "lockouts",
  "records",
  "notVerifiable",
  "comparisons",
  "seconds",
] as const;

type Progress = {
  readonly key: string;
  readonly rounds: readonly (RoundResult & { readonly seconds: number })[];
};

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    /** Forgets what an interrupted run has done. */
    fresh: { type: "boolean", default: false },
  },
});
const kills = wholeNumber("--kills", values.kills);
const seed = wholeNumber("--seed", values.seed);
const say = values.json ? () => undefined : (text: string) => console.log(text);

const folder = join(tmpdir(), `keel-crash-${seed}-${kills}`);
const progressFile = join(folder, "progress.json");
mkdirSync(folder, { recursive: true });

// The desk and the venue end with this program.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => process.exit(130));

const progress = await runRounds(loadProgress());
const outcome = outcomeOf(progress);
report(progress, outcome);
console.log(JSON.stringify(outcome));
process.exitCode = isClean(progress, outcome) ? 0 : 1;

async function runRounds(before: Progress): Promise<Progress> {
  const io = processIo(process);
  const runtime = realRuntime({
    io,
    strategies: STRATEGIES,
    version: "crash",
    serveVenue,
    serveGateway,
  });
  const rounds = [...before.rounds];
  const sizes = roundSizes(kills);
  for (const [index, size] of sizes.entries()) {
    if (index < rounds.length) continue;
    say(`Round ${index + 1} of ${sizes.length}: ${size} kills`);
    const startedMs = performance.now();
    const seeded = new Seeded(seed * 1_000 + index);
    const schedule = scheduleOf(size, seeded);
    let count = 0;
    const onKill = (hit: string): void => {
      count += 1;
      say(`  ${count}/${size} ${hit}`);
    };
    const parts = { runtime, folder: join(folder, "run"), kills: schedule, seeded, onKill };
    const result = await new Round(parts).run();
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    rounds.push({ ...result, seconds });
    writeFileSync(progressFile, JSON.stringify({ ...before, rounds }));
  }
  return { ...before, rounds };
}

/** What an interrupted run of the same kind, on the same commit, has done. */
function loadProgress(): Progress {
  const key = `${commit()} ${seed} ${kills}`;
  const nothing = { key, rounds: [] };
  if (values.fresh || !existsSync(progressFile)) return nothing;
  const found = JSON.parse(readFileSync(progressFile, "utf8")) as Progress;
  const isWhole = found.rounds.length >= roundSizes(kills).length;
  return found.key === key && !isWhole ? found : nothing;
}

function roundSizes(total: number): readonly number[] {
  const rounds = Math.max(1, Math.round(total / KILLS_PER_ROUND));
  return Array.from(
    { length: rounds },
    (_, index) => Math.floor((total * (index + 1)) / rounds) - Math.floor((total * index) / rounds),
  );
}

function outcomeOf({ rounds }: Progress) {
  const hits = rounds.flatMap((round) => round.hits);
  const perPoint = Object.fromEntries(
    [...CRASH_POINTS, "random"].map((point) => [point, hits.filter((hit) => hit === point).length]),
  );
  const sum = (of: "lost" | "doubled" | "mismatched" | "lockoutsLost") =>
    rounds.reduce((total, round) => total + round[of].length, 0);
  return {
    kills: hits.length,
    perPoint,
    lost: sum("lost"),
    doubled: sum("doubled"),
    mismatched: sum("mismatched"),
    lockoutsLost: sum("lockoutsLost"),
  };
}

function isClean({ rounds }: Progress, found: ReturnType<typeof outcomeOf>): boolean {
  const { lost, doubled, mismatched, lockoutsLost, perPoint } = found;
  const everyPoint = Object.values(perPoint).every((count) => count > 0);
  const isLongEnough = kills >= 2 * (CRASH_POINTS.length + 1);
  return (
    lost + doubled + mismatched + lockoutsLost === 0 &&
    rounds.every(({ verified }) => verified) &&
    (everyPoint || !isLongEnough)
  );
}

function report({ rounds }: Progress, found: ReturnType<typeof outcomeOf>): void {
  for (const { lost, doubled, mismatched, lockoutsLost, verified } of rounds) {
    for (const finding of [...lost, ...doubled, ...mismatched, ...lockoutsLost]) say(finding);
    if (!verified) say("A journal does not agree with what deciding again gives");
  }
  const totals = Object.fromEntries(
    TOTALS.map((of) => [of, rounds.reduce((total, round) => total + round[of], 0)]),
  );
  const counts = { ...totals, verified: rounds.every(({ verified }) => verified) };
  say(JSON.stringify(counts));
  if (kills >= KILLS_PROVING) writeEvidence("crash", { seed, ...found, ...counts });
}

function wholeNumber(name: string, text: string): number {
  const value = /^\d{1,6}$/u.test(text) ? Number(text) : 0;
  if (value >= 1) return value;
  throw new RangeError(`Expected ${name} to be a whole number from 1 to 999999, found ${text}`);
}
