// The crash proof: npm run crash -- --kills N [--venue simulated|projectx] [--seed S] [--json]. Ends a desk N times, half
// of them at the points at which a crash is worth surviving, and compares with the venue. The simulated venue never dies;
// of the ProjectX practice gateway a quarter of the kills are its own, and every position there must get its stop in
// time. The last line is the outcome; the exit code is 1 when anything was lost. Stopped half-way, the same command on
// the same sources goes on after the last round that was done.
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { processIo } from "#cli/process-io.ts";
import { realRuntime } from "#cli/real-runtime.ts";
import { serveGateway } from "#practice/projectx/serve-gateway.ts";
import { serveVenue } from "#practice/simulated/serve-venue.ts";
import { CRASH_POINTS } from "#runtime/crash-point.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { sourceHash, writeEvidence } from "#tools/evidence.ts";
import { type DoneRound, Progress } from "./progress.ts";
import { Round } from "./round.ts";
import { scheduleOf } from "./schedule.ts";
import { Seeded } from "./seeded.ts";
import { venueOf } from "./venues.ts";

/** What a result depends on. */
const SOURCES = ["src", "tools", "samples", "package-lock.json"];
/** Shorter runs are for looking, not for proving. */
const KILLS_PROVING = 100;

/** What was done in all rounds together. */
const TOTALS = [
  "extraKills",
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

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    /** A round has a venue and a journal of its own, and is what an interrupted run goes on from. */
    "per-round": { type: "string", default: "50" },
    venue: { type: "string", default: "simulated" },
    json: { type: "boolean", default: false },
    /** Forgets what an interrupted run has done. */
    fresh: { type: "boolean", default: false },
  },
});
const kills = wholeNumber("--kills", values.kills);
const seed = wholeNumber("--seed", values.seed);
const killsPerRound = wholeNumber("--per-round", values["per-round"]);
const venue = venueOf(values.venue);
const say = values.json ? () => undefined : (text: string) => console.log(text);

const folder = join(tmpdir(), `keel-crash-${venue.name}-${seed}-${kills}`);
mkdirSync(folder, { recursive: true });
const source = sourceHash(SOURCES);
const progress = new Progress(join(folder, "progress.json"), {
  source,
  venue: venue.name,
  seed,
  kills,
  killsPerRound,
});
if (values.fresh) progress.forget();

// The desk and the venue end with this program.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => process.exit(130));

const rounds = await runRounds();
const outcome = outcomeOf(rounds);
report(rounds, outcome);
console.log(JSON.stringify(outcome));
progress.forget();
process.exitCode = isClean(rounds, outcome) ? 0 : 1;

/** Those that were done before, and the others. */
async function runRounds(): Promise<readonly DoneRound[]> {
  const io = processIo(process);
  const runtime = realRuntime({
    io,
    strategies: STRATEGIES,
    version: "crash",
    serveVenue,
    serveGateway,
  });
  const done = [...progress.rounds()];
  const sizes = roundSizes(kills);
  for (const [index, size] of sizes.entries()) {
    if (index < done.length) continue;
    say(`Round ${index + 1} of ${sizes.length}: ${size} kills`);
    const startedMs = performance.now();
    const seeded = new Seeded(seed * 1_000 + index);
    let count = 0;
    const onKill = (hit: string): void => {
      count += 1;
      say(`  ${count}/${size} ${hit}`);
    };
    const stage = venue.stage({ folder: join(folder, "run"), index });
    const schedule = scheduleOf(size, seeded, stage.dying);
    const parts = { runtime, folder: join(folder, "run"), stage, kills: schedule, seeded, onKill };
    const result = await finished(new Round(parts));
    done.push({ ...result, seconds: Math.round((performance.now() - startedMs) / 1_000) });
    progress.save(done);
  }
  return done;
}

/** A round that broke is no interruption: nobody may go on after it until it does not break any more. */
async function finished(round: Round): ReturnType<Round["run"]> {
  try {
    const result = await round.run();
    if (kills < KILLS_PROVING || sourceHash(SOURCES) === source) return result;
  } catch (error) {
    progress.forget();
    throw error;
  }
  throw new Error("The sources changed during the round, so it proves nothing. Start again");
}

function roundSizes(total: number): readonly number[] {
  const count = Math.max(1, Math.round(total / killsPerRound));
  return Array.from(
    { length: count },
    (_, index) => Math.floor((total * (index + 1)) / count) - Math.floor((total * index) / count),
  );
}

function outcomeOf(done: readonly DoneRound[]) {
  const hits = done.flatMap((round) => round.hits);
  const perPoint = Object.fromEntries(
    [...CRASH_POINTS, ...venue.lone].map((point) => [
      point,
      hits.filter((hit) => hit === point).length,
    ]),
  );
  const sum = (of: "lost" | "doubled" | "mismatched" | "lockoutsLost" | "uncovered") =>
    done.reduce((total, round) => total + round[of].length, 0);
  return {
    kills: hits.length,
    perPoint,
    lost: sum("lost"),
    doubled: sum("doubled"),
    mismatched: sum("mismatched"),
    lockoutsLost: sum("lockoutsLost"),
    ...(venue.sides === "both" ? { uncovered: sum("uncovered") } : {}),
  };
}

function isClean(done: readonly DoneRound[], found: ReturnType<typeof outcomeOf>): boolean {
  const { lost, doubled, mismatched, lockoutsLost, uncovered = 0, perPoint } = found;
  const everyPoint = Object.values(perPoint).every((count) => count > 0);
  const isLongEnough = kills >= 2 * (CRASH_POINTS.length + 1);
  return (
    lost + doubled + mismatched + lockoutsLost + uncovered === 0 &&
    done.every(({ verified }) => verified) &&
    (everyPoint || !isLongEnough)
  );
}

function report(done: readonly DoneRound[], found: ReturnType<typeof outcomeOf>): void {
  for (const { verified, ...one } of done) {
    const { lost, doubled, mismatched, lockoutsLost, uncovered } = one;
    const findings = [...lost, ...doubled, ...mismatched, ...lockoutsLost, ...uncovered];
    for (const finding of findings) say(finding);
    if (!verified) say("A journal does not agree with what deciding again gives");
  }
  const totals = Object.fromEntries(
    TOTALS.map((of) => [of, done.reduce((total, round) => total + round[of], 0)]),
  );
  const positions = done.reduce((total, round) => total + round.positions, 0);
  const coverMsWorst = Math.max(...done.map((round) => round.coverMsWorst));
  const counts = {
    ...totals,
    ...(venue.sides === "both" ? { positions, coverMsWorst, speed: venue.speed } : {}),
    verified: done.every(({ verified }) => verified),
  };
  say(JSON.stringify(counts));
  if (kills >= KILLS_PROVING) writeEvidence(venue.evidence, { seed, ...found, ...counts });
}

function wholeNumber(name: string, text: string): number {
  const value = /^\d{1,6}$/u.test(text) ? Number(text) : 0;
  if (value >= 1) return value;
  throw new RangeError(`Expected ${name} to be a whole number from 1 to 999999, found ${text}`);
}
