import { expect, test } from "vitest";
import type { ReplayOptions } from "#runtime/replay.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";
import type { SessionWatch } from "#runtime/session-watch.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { aReport, aStatus, at, keel, textKept } from "./cli-scenario.ts";
import { textWidth } from "./table.ts";

const strategies = STRATEGIES;
const defaultConfig = new URL("../../config/sample.yaml", import.meta.url).pathname;

/** A replay that tells one status and one denial, and ends. */
function aReplay(report = aReport()) {
  const asked: { plan: SessionPlan; options: ReplayOptions }[] = [];
  const replay = async (plan: SessionPlan, options: ReplayOptions): Promise<SessionReport> => {
    asked.push({ plan, options });
    options.watch?.onStatus?.(aStatus());
    options.watch?.onFact?.(
      { kind: "lockoutEnded", lockoutId: "L1", at: at("2013-10-08T14:00Z"), by: "time" },
      at("2013-10-08T14:00Z"),
    );
    options.watch?.onAlert?.(
      { kind: "alert", severity: "warning", code: "x", text: "look here" },
      at("2013-10-08T14:00Z"),
    );
    return report;
  };
  return { asked, replay };
}

test("a replay runs the shipped sample, recorded, as fast as it goes, under a name of its own", async () => {
  const { asked, replay } = aReplay();

  const ended = await keel("replay", { strategies, defaultConfig, replay });

  expect(ended.code).toBe(0);
  expect(asked[0]?.options).toMatchObject({
    dataFolder: "/home/ann/keel-data",
    speed: "max",
    journal: true,
  });
  expect(asked[0]?.plan.config).toMatchObject({
    sessionId: "replay-20260301-093000",
    mode: "replay",
    bots: [{ botId: "gold-trend" }],
  });
  expect(ended.err).toBe("2013-10-08 14:00:00 UTC  warning: look here\n");
  expect(ended.out).toMatchInlineSnapshot(`
    "2013-10-08 14:00:00 UTC  unlocked  L1
    gold-2013-10-08, 2013-10-07 22:00:00 UTC to 2013-10-08 22:00:00 UTC

    opened (UTC)         closed (UTC)         account     instrument  side  qty    entry     exit  fees     net
    2013-10-08 03:05:00  2013-10-08 04:15:42  PRACTICE-1  MGC         long    3  1318.53  1321.40  5.76  +80.24

    Session        S1
    Market events  52,377
    Round trips    1 (1 won)
    Orders         4
    Fills          2
    Denials        1
    Breaches       0
    Gross PnL      +86.00
    Fees           5.76
    Net PnL        +80.24
    Max drawdown   0.96
    Balance        50,000.00 to 50,080.24 USD
    Fingerprint    f00d

    Simulated: no order went to a market. Fills, fees and delays are assumptions; past results promise nothing.
    "
  `);
});

test("the report of a session fits a terminal of 80 columns", async () => {
  const { replay } = aReplay();
  const size = () => ({ columns: 80, rows: 24 });
  let written = "";
  const out = { ...textKept((text) => (written += text)), isTty: true, size };

  await keel("replay", { strategies, defaultConfig, replay }, { out, env: { NO_COLOR: "1" } });

  const report = written.slice(written.indexOf("opened (UTC)"));
  const widths = report.split("\n").map(textWidth);
  expect(report).toContain("long    3  1318.53  1321.40  +80.24");
  expect(Math.max(...widths)).toBeLessThanOrEqual(80);
});

test("the options of a replay reach it", async () => {
  const { asked, replay } = aReplay();
  const args = "replay --speed 60 --session S7 --set bots[0].strategy.params.bars=1m --json";

  const ended = await keel(args, { strategies, defaultConfig, replay });

  expect(asked[0]?.options).toMatchObject({ speed: 60, journal: true });
  expect(asked[0]?.plan.config).toMatchObject({
    sessionId: "S7",
    bots: [{ params: { bars: "1m" } }],
  });
  expect(JSON.parse(ended.out)).toMatchObject({ fingerprint: "f00d", netPnl: "80240000" });
});

test("a replay that is not recorded leaves no name", async () => {
  const { asked, replay } = aReplay();

  await keel("replay --no-journal", { strategies, defaultConfig, replay });

  expect(asked[0]?.options).toMatchObject({ speed: "max", journal: false });
});

test("a replay can be watched", async () => {
  const { asked, replay } = aReplay();

  const ended = await keel(
    "replay --speed 600",
    { strategies, defaultConfig, replay },
    { isTty: true },
  );

  expect(asked[0]?.options).toMatchObject({ speed: 600, journal: true });
  expect(ended.out.startsWith("\u{1B}[?1049h")).toBe(true);
  expect(ended.out).toContain(" 67 %");
  expect(ended.out).toContain("\u{1B}[?1049lgold-2013-10-08");
  expect(ended.out).toContain("Fingerprint    f00d");
});

test("the terminal is given back when a replay fails", async () => {
  const replay = async (_plan: SessionPlan, options: ReplayOptions): Promise<SessionReport> => {
    options.watch?.onStatus?.(aStatus());
    throw new Error("boom");
  };

  const ended = await keel("replay", { strategies, defaultConfig, replay }, { isTty: true });

  expect(ended.code).toBe(1);
  expect(ended.out.endsWith("\u{1B}[?25h\u{1B}[?1049l")).toBe(true);
});

test("a supervised replay is the same one in a process of its own", async () => {
  const asked: (readonly string[])[] = [];
  const supervise = async (args: readonly string[]): Promise<number> => {
    asked.push(args);
    return 7;
  };
  const args =
    "replay --supervise --config my.yaml --set queue.burst=5 --speed 60 --session S7 --json";

  const ended = await keel(args, { strategies, supervise });

  expect(ended.code).toBe(7);
  expect(asked.map((one) => one.join(" "))).toEqual([
    "replay --no-supervise --data /home/ann/keel-data --session S7 " +
      "--config my.yaml --set queue.burst=5 --speed 60 --json",
  ]);
});

test("a backtest shows how far it is on a terminal, and its report", async () => {
  const backtest = async (plan: SessionPlan, watch: SessionWatch): Promise<SessionReport> => {
    for (const share of [0, 0.001, 0.5, 1]) watch.onProgress?.(share);
    return aReport({ sessionId: plan.config.sessionId, roundTrips: [] });
  };

  const onTerminal = await keel(
    "backtest",
    { strategies, defaultConfig, backtest },
    { isTty: true },
  );
  const onPipe = await keel("backtest", { strategies, defaultConfig, backtest });

  expect(onTerminal.err.split("\r").map((one) => one.replace("\u{1B}[K", ""))).toEqual([
    "",
    `gold-2013-10-08 ${"░".repeat(30)} 0 %`,
    `gold-2013-10-08 ${"█".repeat(15)}${"░".repeat(15)} 50 %`,
    `gold-2013-10-08 ${"█".repeat(30)} 100 %`,
    "",
  ]);
  expect(onPipe).toMatchObject({ code: 0, err: "" });
  expect(onPipe.out).toContain("Session        backtest");
  expect(onPipe.out).toContain("Round trips    0\n");
});

test("a verification that agrees and one that does not end differently", async () => {
  const report = {
    sessionId: "S2",
    records: 100,
    verifiedTo: 52_000,
    differences: [],
    damage: null,
    notVerifiable: [],
    fingerprint: "f00d",
    ok: true,
  };
  const sessions = () => ["S1", "S2"] as never;

  const good = await keel("verify", { strategies, sessions, verify: () => report });
  const bad = await keel("verify S1", {
    strategies,
    sessions,
    verify: () => ({
      ...report,
      ok: false,
      damage: { seq: 17, reason: "record 17 was changed" },
      notVerifiable: [{ from: 20, to: 30 }],
      differences: [{ seq: 12, expected: "nothing", found: "{}" }],
    }),
  });

  expect(good).toEqual({
    code: 0,
    err: "",
    out: `Session            S2
Sound records      100
Verified to event  52000
Fingerprint        f00d
Result             agrees
`,
  });
  expect(bad.code).toBe(6);
  expect(bad.out).toContain(`Result             does not agree
Damaged at 17: record 17 was changed
Not verifiable from 20 to 30: the tape is short
Event 12 differs
  recorded  nothing
  decided   {}
`);
});

test("a journal is dumped for people and for programs", async () => {
  const record = {
    seq: 3,
    hash: "abc",
    body: '{"commands":[{"kind":"setTimer"}],"event":{"at":1381183200000,"kind":"deskStarted"},"facts":[{"kind":"deskStarted","n":"$5"}],"seq":3}',
  };
  const asked: unknown[] = [];
  const parts = {
    strategies,
    sessions: () => ["S1"] as never,
    readJournal: (...args: unknown[]) => {
      asked.push(args);
      return [record];
    },
  };

  const forPeople = await keel("journal dump --from 3", parts);
  const forPrograms = await keel("journal dump S1 --json", parts);

  expect(asked[0]).toEqual([{ dataFolder: "/home/ann/keel-data", sessionId: "S1" }, 3]);
  expect(forPeople.out).toBe(
    "        3  2013-10-07 22:00:00 UTC  deskStarted        deskStarted  -> setTimer\n",
  );
  expect(forPrograms.out).toBe(
    '{"seq":3,"hash":"abc","event":{"at":1381183200000,"kind":"deskStarted"},"facts":[{"kind":"deskStarted","n":"5"}],"commands":[{"kind":"setTimer"}]}\n',
  );
});

test("a journal without a record from there on says so", async () => {
  const ended = await keel("journal dump --from 999999", {
    strategies,
    sessions: () => ["S1"] as never,
    readJournal: () => [],
  });

  expect(ended).toEqual({
    code: 0,
    out: "",
    err: "Session S1 has no record from event 999999 on\n",
  });
});

test("programs read the limits and denials of a status in millionths where they are money", async () => {
  const limit = { rule: "RULE-003", title: "Daily realized loss", unit: "money", used: 2.88 };
  const lots = { rule: "RULE-001", title: "Maximum", unit: "lots", used: 3, limit: 8 };
  const denial = { rule: "RULE-003", code: "dailyLossReached", limit: 500, value: 512.25 };
  const status = aStatus({
    accounts: [{ limits: [{ ...limit, limit: 500 }, lots] }] as never,
    denials: [{ at: at("2013-10-08T13:59:30Z"), denial: denial as never }],
  });
  const askDesk = async () => ({ kind: "status", status, config: {} }) as never;

  const { out } = await keel("status --json", { strategies, askDesk });

  expect(JSON.parse(out)).toMatchObject({
    accounts: [{ limits: [{ ...limit, used: "2880000", limit: "500000000" }, lots] }],
    denials: [{ denial: { limit: "500000000", value: "512250000" } }],
  });
});

test("a status is one screen of tables, or one value", async () => {
  const askDesk = async () =>
    ({ kind: "status", status: aStatus(), config: { instruments: [], bots: [] } }) as never;

  const forPeople = await keel("status", { strategies, askDesk });
  const forPrograms = await keel("status --json", { strategies, askDesk });

  expect(forPeople.out).toMatch(
    /^Keel replay S1 {2}2013-10-08 14:05:00 UTC {2}active {2}█{6}░{4} 67 % {2}event 31250\n\nMarket\ninstrument/u,
  );
  expect(JSON.parse(forPrograms.out)).toMatchObject({ sessionId: "S1", seq: 31_250 });
});
