import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CRASH_POINTS } from "#runtime/crash-point.ts";

const MAIN = join(import.meta.dirname, "../../tools/crash/main.ts");
const SECONDS_MAX = 170;

/** Where both sides die, some kills are the venue's. */
const VENUES = [
  { venue: "simulated", kills: CRASH_POINTS.length, none: {} },
  { venue: "projectx", kills: CRASH_POINTS.length + 4, none: { uncovered: 0 } },
];

test.each(VENUES)(
  "a desk that dies once at every point loses nothing and doubles nothing at the $venue venue",
  { timeout: (SECONDS_MAX + 5) * 1_000 },
  async ({ venue, kills, none }) => {
    const what = ["--venue", venue, "--kills", String(kills), "--seed", "11"];

    const { code, lines } = await crash(...what, "--fresh", "--json");

    const { perPoint, ...counts } = JSON.parse(lines.at(-1) ?? "{}") as {
      readonly perPoint: Readonly<Record<string, number>>;
    };
    const clean = { lost: 0, doubled: 0, mismatched: 0, lockoutsLost: 0, ...none };
    expect(counts).toEqual({ kills, ...clean });
    expect(CRASH_POINTS.filter((point) => perPoint[point] === 0)).toEqual([]);
    expect(code).toBe(0);
  },
);

function crash(...args: readonly string[]): Promise<{ code: unknown; lines: readonly string[] }> {
  return new Promise((resolve) => {
    const options = { timeout: SECONDS_MAX * 1_000, killSignal: "SIGTERM" } as const;
    execFile(process.execPath, [MAIN, ...args], options, (error, stdout) => {
      resolve({ code: error === null ? 0 : error.code, lines: stdout.trim().split("\n") });
    });
  });
}
