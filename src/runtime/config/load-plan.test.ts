import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { storedData } from "#cli/stored-data.ts";
import { instrumentId } from "#core/domain/ids.ts";
import { instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { DataError } from "./data-catalog.ts";
import type { PlanRequest } from "./load-config.ts";
import { loadPlan } from "./load-plan.ts";
import { parseOverride } from "./overrides.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keel-config-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const WORLD = { env: {}, strategies: STRATEGIES, data: storedData };
const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

const SMALLEST = `
accounts:
  PRACTICE-1: { balance: 50000 }
data: { sample: gold-2013-10-08 }
`;

function plan(text: string, more: Partial<PlanRequest> = {}, env = {}) {
  const source = { text, name: "keel.yaml", folder };
  return loadPlan({ ...WORLD, env }, { source, mode: "replay", sessionId: "S1", ...more });
}

/** What a person reads when the configuration is wrong. */
async function complaint(text: string, env = {}): Promise<string> {
  return plan(text, {}, env).then(
    () => "nothing wrong",
    (error: unknown) => (error as Error).message,
  );
}

test("what a file leaves out has its default", async () => {
  const found = await plan(SMALLEST);

  expect(found.config).toEqual({
    sessionId: "S1",
    mode: "replay",
    instruments: [instrumentByRoot("MGC")],
    accounts: [
      {
        accountId: "PRACTICE-1",
        venueId: "simulated",
        arming: "trade",
        brackets: "desk",
        startBalance: 50_000_000_000n,
        limits: { staleAfter: "300000ms" },
        rules: {},
      },
    ],
    bots: [],
    queue: { capacity: 1_000, perSecond: 20, burst: 20, marketTtl: 5_000, limitTtl: 300_000 },
    answerTimeout: 5_000,
    reconcileEvery: null,
    sources: {
      config: createHash("sha256").update(SMALLEST).digest("hex"),
      "gold-2013-10-08/trades.parquet":
        "2b8435641a2d78d4575c755decfe758fbf29aa588b925453616f735a226a79a5",
      "gold-2013-10-08/quotes.parquet":
        "4260927f273ca47d77e3373e86fe9e2173035e927322312bdfe81e24c3ce244c",
    },
  });
  expect(found.venue).toMatchObject({
    latency: { toVenueMs: 20, toDeskMs: 20 },
    fillModel: { limitFill: "through", participation: 1, marketDepth: "whole" },
  });
  expect(found.venue.fillModel.slippage(instrumentId("MGC"), 1)).toBe(1);
  expect(found.data).toMatchObject({
    name: "gold-2013-10-08",
    warmUp: { from: at("2013-10-07T00:00Z"), until: at("2013-10-07T22:00Z") },
    session: { from: at("2013-10-07T22:00Z"), until: at("2013-10-08T22:00Z") },
  });
});

test("the shipped configuration is sound and keeps rules, limits and parameters as they are written", async () => {
  const path = join(import.meta.dirname, "../../../config/sample.yaml");

  const { config } = await loadPlan(WORLD, { source: { path }, mode: "backtest", sessionId: "S" });

  expect(config.mode).toBe("backtest");
  expect(config.accounts[0]?.rules).toEqual({
    max_contracts: { limit: 8 },
    max_contracts_per_instrument: { limits: { MGC: 8 } },
    daily_realized_loss: { limit: 500 },
    no_stop_loss_grace: { grace: "10s", onBreach: "close" },
  });
  expect(config.bots).toEqual([
    {
      botId: "gold-trend",
      name: "Gold trend",
      enabled: true,
      accountId: "PRACTICE-1",
      instrument: "MGC",
      strategy: "ema-cross",
      params: {
        dollarRiskPerTrade: 60,
        riskRewardRatio: 2,
        bars: "5m",
        fast: 12,
        slow: 26,
        stopAtrs: 1.5,
        minStopTicks: 10,
      },
      risk: { maxPositions: 8, maxDailyLoss: 400 },
    },
  ]);
});

test("a rule that is named without settings is enabled, not forgotten", async () => {
  const { config } = await plan(`
accounts:
  A:
    balance: 1000
    rules: { no_stop_loss_grace: }
data: { sample: gold-2013-10-08 }
`);

  expect(config.accounts[0]?.rules).toEqual({ no_stop_loss_grace: {} });
});

test("a bot needs no account where there is only one, and no name besides its id", async () => {
  const { config } = await plan(`
accounts: { A: { balance: 1000, limits: { staleAfter: 90s } } }
bots:
  - bot: { id: b1, enabled: false }
    instrument: { symbol: MGC }
    strategy: { type: ema-cross }
data: { sample: gold-2013-10-08 }
`);

  expect(config.bots).toEqual([
    {
      botId: "b1",
      name: "b1",
      enabled: false,
      accountId: "A",
      instrument: "MGC",
      strategy: "ema-cross",
      params: {},
      risk: {},
    },
  ]);
  expect(config.accounts[0]?.limits).toEqual({ staleAfter: "90s" });
});

test("files are looked for beside the configuration and hashed", async () => {
  await writeFile(join(folder, "ticks.parquet"), "ticks");

  const found = await plan(`
accounts: { A: { balance: 1000 } }
data:
  instrument: MNQZ25
  trades: [ticks.parquet]
  from: 2025-10-08T00:00:00Z
  until: 2025-10-09T00:00:00+02:00
  warmUpFrom: 2025-10-07T00:00:00Z
`);

  expect(found.config.instruments[0]).toMatchObject({ id: "MNQZ25", root: "MNQ" });
  expect(found.config.sources).toMatchObject({
    "ticks.parquet": createHash("sha256").update("ticks").digest("hex"),
  });
  expect(found.config.accounts[0]?.limits).toEqual({});
  expect(found.data).toMatchObject({
    name: "MNQZ25 from 2025-10-08T00:00:00Z",
    warmUp: { from: at("2025-10-07T00:00Z"), until: at("2025-10-08T00:00Z") },
    session: { from: at("2025-10-08T00:00Z"), until: at("2025-10-08T22:00Z") },
  });
  expect(found.data.open().instruments).toEqual(["MNQZ25"]);
});

test("environment variables stand for values and take their kind from the quotes around them", async () => {
  const env = { ACCOUNT: "12345", LIMIT: "7", SIZE: "4" };

  const { config } = await plan(
    `
accounts:
  "12345":
    balance: 1000
    rules:
      max_contracts:
        limit: \${LIMIT}
bots:
  - bot: { id: "$\${b}" }
    account: "\${ACCOUNT}"
    instrument: { symbol: MGC }
    strategy:
      type: ema-cross
      params:
        bars: \${SIZE}m
data: { sample: gold-2013-10-08 }
`,
    {},
    env,
  );

  expect(config.accounts[0]?.rules).toEqual({ max_contracts: { limit: 7 } });
  expect(config.bots[0]).toMatchObject({
    botId: "${b}",
    accountId: "12345",
    params: { bars: "4m" },
  });
});

test("what is given on top of the file counts instead of it", async () => {
  const overrides = ["accounts.PRACTICE-1.balance=1000", "queue.burst=5"].map(parseOverride);

  const { config } = await plan(SMALLEST, { overrides });

  expect(config.accounts[0]?.startBalance).toBe(1_000_000_000n);
  expect(config.queue).toMatchObject({ burst: 5, capacity: 1_000 });
});

test("a mistake in what is given on top is not blamed on the file", async () => {
  const overrides = [parseOverride("queue.burst=5s")];

  const failed = plan(SMALLEST, { overrides });

  await expect(failed).rejects.toThrow(
    '--set  queue.burst: expected a whole number from 1 to 10000, found "5s"',
  );
});

test.each([
  [
    "accounts.PRACTISE-1.balance=10",
    "--set  accounts.PRACTISE-1: expected an account of the file (PRACTICE-1), found one that is not there",
  ],
  [
    "bots[1].bot.enabled=false",
    "--set  bots[1]: expected a bot of the file (bots[0]), found one that is not there",
  ],
])("%s on top of the file adds nothing to it", async (text, says) => {
  const file = `${SMALLEST}bots:
  - bot: { id: b }
    instrument: { symbol: MGC }
    strategy: { type: ema-cross }
`;

  await expect(plan(file, { overrides: [parseOverride(text)] })).rejects.toThrow(
    new RegExp(`^${RegExp.escape(says)}$`, "u"),
  );
});

test.each(["balance", "a.b", "=1", "a..b=1", "a[x]=1", ""])(
  "%j on top of the file is refused",
  (text) => {
    expect(() => parseOverride(text)).toThrow(/^Expected a path and a value such as/u);
  },
);

test("a sound file whose data is missing is a problem of the data", async () => {
  const text = `accounts: { A: { balance: 1 } }
data:
  instrument: MGC
  trades: [gone.parquet]
  quotes: [.]
  from: 2025-10-08T00:00:00Z
  until: 2025-10-09T00:00:00Z
`;

  const failed = plan(text);

  await expect(failed).rejects.toThrow(DataError);
  expect(await complaint(text)).toBe(
    `keel.yaml:4:12  data.trades[0]: expected a file, found nothing at ${join(folder, "gone.parquet")}; paths count from the folder of the configuration file\n` +
      `keel.yaml:5:12  data.quotes[0]: expected a file, found a folder at ${folder}; paths count from the folder of the configuration file`,
  );
});

test.each([
  [
    "that is not there",
    "gone.yaml",
    undefined,
    "expected a configuration file, found no such file",
  ],
  ["that is a folder", ".", undefined, "expected a configuration file, found a folder"],
  [
    "too large",
    "large.yaml",
    Buffer.alloc(1024 * 1024 + 1, "#"),
    "expected a file of at most 1048576 bytes, found a larger one",
  ],
  [
    "in another encoding",
    "latin.yaml",
    Buffer.from([0x61, 0xe4]),
    "expected text in UTF-8, found other bytes",
  ],
])("a file %s is refused", async (_what, name, bytes, says) => {
  const path = join(folder, name);
  if (bytes !== undefined) await writeFile(path, bytes);

  const failed = loadPlan(WORLD, { source: { path }, mode: "replay", sessionId: "S1" });

  await expect(failed).rejects.toThrow(`${path}  ${says}`);
});

test("an alias repeats a value", async () => {
  const { config } = await plan(`
accounts:
  A: &a { balance: 1000 }
  B: *a
data: { sample: gold-2013-10-08 }
`);

  expect(config.accounts.map(({ startBalance }) => startBalance)).toEqual([
    1_000_000_000n,
    1_000_000_000n,
  ]);
});
