import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { CRASH_POINTS } from "#runtime/crash-point.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { eventually } from "#test/kit/eventually.ts";

const MAIN = fileURLToPath(new URL("../../tools/crash/main.ts", import.meta.url));
const ARGS = ["--kills", "4", "--per-round", "2", "--seed", "5"];
const ROUND_MS_MAX = 80_000;

test(
  "a crash proof that is interrupted goes on after its last whole round and counts all",
  { timeout: 4 * ROUND_MS_MAX },
  async () => {
    const { path } = new TemporaryFolder();

    const first = aProof(path);
    await first.untilSaid(/^Round 2 of 2: 2 kills\n {2}1\/2 /mu);
    first.child.kill("SIGTERM");
    const interrupted = await first.ended;
    const second = aProof(path);
    const ended = await second.ended;

    expect(interrupted).toBe(130);
    expect(first.said()).toContain("Round 1 of 2: 2 kills\n");
    expect(second.said()).toMatch(/^Round 2 of 2: 2 kills\n/u);
    const { perPoint, ...counts } = outcomeOf(second.said());
    expect(counts).toEqual({ kills: 4, lost: 0, doubled: 0, mismatched: 0, lockoutsLost: 0 });
    expect(Object.keys(perPoint)).toEqual([...CRASH_POINTS, "random"]);
    expect(Object.values(perPoint).reduce((sum, hits) => sum + hits)).toBe(4);
    expect(ended).toBe(0);
  },
);

/** The proof in a process of its own, which keeps what it has done below a folder. */
function aProof(folder: string) {
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, [MAIN, ...ARGS], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  return {
    child,
    ended: new Promise<number | null>((resolve) => void child.once("close", resolve)),
    said: () => out,
    untilSaid: (what: RegExp) => eventually(String(what), () => what.test(out), 2 * ROUND_MS_MAX),
  };
}

type Outcome = Readonly<Record<string, unknown>> & {
  readonly perPoint: Readonly<Record<string, number>>;
};

function outcomeOf(said: string): Outcome {
  return JSON.parse(said.trim().split("\n").at(-1) ?? "{}") as Outcome;
}
