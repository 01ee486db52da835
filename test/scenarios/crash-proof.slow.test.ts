import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CRASH_POINTS } from "#runtime/crash-point.ts";

const MAIN = join(import.meta.dirname, "../../tools/crash/main.ts");
const SECONDS_MAX = 170;

test(
  "a desk that dies once at every point loses nothing and doubles nothing",
  { timeout: (SECONDS_MAX + 5) * 1_000 },
  async () => {
    const kills = String(CRASH_POINTS.length);

    const { code, lines } = await crash("--kills", kills, "--seed", "11", "--fresh", "--json");

    const { perPoint, ...counts } = JSON.parse(lines.at(-1) ?? "{}") as {
      readonly perPoint: Readonly<Record<string, number>>;
    };
    expect(counts).toMatchObject({ lost: 0, doubled: 0, mismatched: 0, lockoutsLost: 0 });
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
