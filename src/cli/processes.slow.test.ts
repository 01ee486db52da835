import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";

const MAIN = join(import.meta.dirname, "../main.ts");

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
type Running = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

/** A data folder of its own for each test. */
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "keel-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts `keel` in a process of its own. */
function start(folder: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args, "--data", folder], { cwd: folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

const keel = (folder: string, ...args: readonly string[]): Promise<Ended> =>
  start(folder, ...args).ended;

/** Waits until a desk answers and its market has got as far as an instant. */
async function untilPlayed(folder: string, instant: string): Promise<void> {
  const { epochMilliseconds } = Temporal.Instant.from(instant);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { code, out } = await keel(folder, "status", "--json");
    if (code === 0 && (JSON.parse(out) as { at: number }).at >= epochMilliseconds) return;
    await sleep(20);
  }
  throw new Error("Expected a desk that gets on, found none");
}

function reportOf({ out }: Ended): { fingerprint: string; roundTrips: unknown[]; stopped: string } {
  return JSON.parse(out) as ReturnType<typeof reportOf>;
}

test("the same day at two speeds, in two processes, takes the same decisions, and both verify", async () => {
  const folder = aFolder();

  const fast = await keel(folder, "replay", "--session", "fast", "--json");
  const paced = await keel(folder, "replay", "--session", "paced", "--speed", "30000", "--json");
  const verified = await keel(folder, "verify", "fast", "--json");

  expect([fast.code, paced.code, verified.code]).toEqual([0, 0, 0]);
  expect(reportOf(paced).fingerprint).toBe(reportOf(fast).fingerprint);
  expect(reportOf(fast).roundTrips.length).toBeGreaterThanOrEqual(8);
  expect(JSON.parse(verified.out)).toMatchObject({
    ok: true,
    differences: [],
    notVerifiable: [],
    fingerprint: reportOf(fast).fingerprint,
  });
});

test("a running desk takes orders from another process and refuses a second desk", async () => {
  const folder = aFolder();
  const desk = start(folder, "replay", "--session", "live", "--speed", "600", "--json");
  await untilPlayed(folder, "2013-10-07T22:00:00Z");

  const second = await keel(folder, "replay");
  const placed = await keel(folder, "submit", "PRACTICE-1", "buy", "1", "MGC", "--stop-loss", "30");
  const tooLarge = await keel(folder, "submit", "PRACTICE-1", "buy", "9", "MGC");
  const flattened = await keel(folder, "flatten", "PRACTICE-1");
  desk.child.kill("SIGINT");
  const ended = await desk.ended;
  const verified = await keel(folder, "verify", "live");
  const nobody = await keel(folder, "status");

  expect(second.code).toBe(5);
  expect(second.err).toMatch(/^Another desk \(pid \d+ on .+\) is running on this data folder/u);
  expect(placed).toMatchObject({ code: 0, err: "" });
  expect(placed.out).toMatch(/^Accepted: order /u);
  expect(tooLarge).toEqual({
    code: 3,
    out: "",
    err: "Order denied: an order of 9 lots exceeds the limit of 8\n",
  });
  expect(flattened).toEqual({ code: 0, out: "Accepted\n", err: "" });
  expect(ended.code).toBe(130);
  expect(reportOf(ended).stopped).toBe("asked");
  expect(verified.code).toBe(0);
  expect(nobody.code).toBe(4);
});

test("one changed byte of a journal is found and named, and the session starts in safe mode", async () => {
  const folder = aFolder();
  await keel(folder, "replay", "--session", "S1");
  const path = join(folder, "sessions", "S1", "journal.db");
  const bytes = readFileSync(path);
  const at = bytes.indexOf('"kind":"fillBooked"');
  bytes[at + 9] = "g".charCodeAt(0);
  writeFileSync(path, bytes);

  const verified = await keel(folder, "verify", "S1", "--json");
  const dumped = await keel(folder, "journal", "dump", "S1");
  const replayed = await keel(folder, "replay", "--session", "S1", "--json");

  const { damage, ok } = JSON.parse(verified.out) as {
    ok: boolean;
    damage: { seq: number; reason: string };
  };
  expect({ code: verified.code, ok }).toEqual({ code: 6, ok: false });
  expect(damage.reason).toContain(String(damage.seq));
  expect(dumped.code).toBe(6);
  expect(dumped.err).toBe(`${damage.reason}\n`);
  expect(replayed.code).toBe(0);
  expect(replayed.err).toMatch(
    /The journal that cannot be trusted is kept as .+damaged-1; a new one begins/u,
  );
  expect(replayed.err).toContain("critical: Safe mode");
});

test.skipIf(process.platform !== "linux")(
  "a supervised desk that is killed in a trade comes back and finishes its day",
  async () => {
    const folder = aFolder();
    const args = ["replay", "--session", "S1", "--speed", "4000", "--supervise", "--json"];
    const supervisor = start(folder, ...args);
    await untilPlayed(folder, "2013-10-07T22:35:00Z");

    process.kill(deskOf(supervisor.child), "SIGKILL");
    const ended = await supervisor.ended;
    const verified = await keel(folder, "verify", "S1");

    expect(ended.code).toBe(0);
    expect(ended.err).toContain("The desk died (SIGKILL) and is started again\n");
    expect(reportOf(ended).roundTrips.length).toBeGreaterThanOrEqual(8);
    expect(verified.code).toBe(0);
  },
);

/** The one process that a supervisor has started. */
function deskOf(supervisor: ChildProcess): number {
  const path = `/proc/${supervisor.pid}/task/${supervisor.pid}/children`;
  const [pid, ...others] = readFileSync(path, "utf8").trim().split(" ").map(Number);
  if (pid === undefined || others.length > 0) throw new Error("Expected one child process");
  return pid;
}

test("a missing data file ends with its own code and the line that names it", async () => {
  const folder = aFolder();
  writeFileSync(
    join(folder, "gone.yaml"),
    `accounts: { A: { balance: 1000 } }
data:
  instrument: MGC
  trades: [gone.parquet]
  from: 2025-10-08T00:00:00Z
  until: 2025-10-09T00:00:00Z
`,
  );
  writeFileSync(join(folder, "broken.parquet"), "no ticks");

  const gone = await keel(folder, "backtest", "--config", "gone.yaml");
  const broken = await keel(
    folder,
    "backtest",
    "--config",
    "gone.yaml",
    "--set",
    "data.trades[0]=broken.parquet",
  );

  expect(gone).toMatchObject({ code: 7, out: "" });
  expect(gone.err).toContain("gone.yaml:4:12  data.trades[0]: expected a file, found nothing at");
  expect(broken).toMatchObject({ code: 7, out: "" });
  expect(broken.err).toContain("broken.parquet: expected a Parquet file of ticks");
});
