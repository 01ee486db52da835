import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "#test/kit/eventually.ts";
import { temporaryFolder } from "#test/kit/practice-venue.ts";

const ROOT = join(import.meta.dirname, "../..");
const MAIN = join(ROOT, "src/main.ts");
const SAMPLE = join(ROOT, "samples/gold-2013-10-08");
const HAS_STRACE = spawnSync("strace", ["-V"]).status === 0;
/** Whole journal pages and whole lines to the venue. */
const TRACE = [
  "-f",
  "-qq",
  "-yy",
  "-s",
  "65536",
  "-e",
  "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg",
];

// A bot that crosses all the time on one-minute bars; time-outs are long because market time runs fast.
const CONFIG = `
accounts:
  A:
    balance: 50000
    limits: { staleAfter: 30m }
    rules:
      max_contracts: { limit: 10 }
bots:
  - bot: { id: busy }
    instrument: { symbol: MGC }
    strategy:
      type: ema-cross
      params: { bars: 1m, fast: 2, slow: 3, atr: 3, dollarRiskPerTrade: 60, minStopTicks: 5 }
    risk: { maxSignalsPerDay: 100000 }
data:
  instrument: MGC
  trades: [${SAMPLE}/trades.parquet]
  quotes: [${SAMPLE}/quotes.parquet]
  warmUpFrom: 2013-10-08T12:30:00Z
  from: 2013-10-08T13:00:00Z
  until: 2013-10-08T18:00:00Z
venue: { latency: { toVenue: 20ms, toDesk: 20ms } }
queue: { marketTtl: 10m }
answerTimeout: 10m
`;

test.skipIf(!HAS_STRACE)(
  "no byte of an order leaves before a sync of the journal that holds it has returned (needs strace)",
  { timeout: 180_000 },
  async () => {
    const folder = temporaryFolder();
    const file = (name: string) => join(folder, name);
    writeFileSync(file("busy.yaml"), CONFIG);
    const shared = ["--config", file("busy.yaml")];
    start([MAIN, "venue", ...shared, "--listen", file("v.sock"), "--speed", "900"]);
    const replay = [
      MAIN,
      "replay",
      ...shared,
      "--venue",
      file("v.sock"),
      "--data",
      folder,
      "--json",
    ];

    const desk = start(replay, ["strace", ...TRACE, "-o", file("trace")]);
    await eventually("the end of the day", () => desk.exitCode !== null, 170_000);

    const calls = callsOf(readFileSync(file("trace"), "latin1"));
    const orders = ordersOf(calls);
    expect(desk.exitCode).toBe(0);
    expect(orders.length).toBeGreaterThanOrEqual(100);
    expect(orders.filter((order) => !leftAfterSync(calls, order))).toEqual([]);
  },
);

function start(args: readonly string[], under: readonly string[] = []): ChildProcess {
  const [command = "", ...rest] = [...under, process.execPath, ...args];
  const child = spawn(command, rest, { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** A finished system call, in the order of beginning; `returned` counts lines of the trace. */
type Call = {
  readonly name: string;
  readonly text: string;
  readonly began: number;
  readonly returned: number;
};

function callsOf(trace: string): readonly Call[] {
  const open = new Map<
    string,
    { readonly name: string; readonly text: string; readonly began: number }
  >();
  const calls: Call[] = [];
  for (const [line, text] of trace.split("\n").entries()) {
    const [, pid = "", name, isUnfinished] =
      /^(\d+) +(\w+)\(.*?(<unfinished \.\.\.>)?$/u.exec(text) ?? [];
    const resumed = /^(\d+) +<\.\.\. \w+ resumed>/u.exec(text)?.[1];
    if (name !== undefined && isUnfinished !== undefined)
      open.set(pid, { name, text, began: line });
    else if (name !== undefined) calls.push({ name, text, began: line, returned: line });
    else if (resumed !== undefined) {
      const call = open.get(resumed);
      if (call !== undefined) calls.push({ ...call, returned: line });
    }
  }
  return calls.toSorted((a, b) => a.began - b.began);
}

type Sent = { readonly id: string; readonly began: number };

/** Every order that was written to the venue's socket. */
function ordersOf(calls: readonly Call[]): readonly Sent[] {
  return calls
    .filter(({ text }) => /^\d+ +\w+\(\d+<UNIX-STREAM/u.test(text))
    .flatMap(({ text, began }) =>
      text
        .split("\\n")
        .filter((line) => line.includes('\\"kind\\":\\"submitOrder\\"'))
        .map((line) => ({
          id: /\\"clientOrderId\\":\\"([^\\]+)\\"/u.exec(line)?.[1] ?? "",
          began,
        })),
    );
}

/** What was last written to the journal when the order left was synced, and the order was in it. */
function leftAfterSync(calls: readonly Call[], { id, began }: Sent): boolean {
  const before = calls.filter((call) => call.began < began);
  const writes = before.filter(
    ({ name, text }) => name === "pwrite64" && text.includes("/journal.db-wal>"),
  );
  const isIn = writes.some(({ text }) => text.includes(`\\"clientOrderId\\":\\"${id}\\"`));
  const last = writes.at(-1)?.returned ?? Number.POSITIVE_INFINITY;
  const isSynced = before.some(
    ({ name, text, ...sync }) =>
      (name === "fsync" || name === "fdatasync") &&
      text.includes("/journal.db") &&
      sync.began > last &&
      sync.returned < began,
  );
  return isIn && isSynced;
}
