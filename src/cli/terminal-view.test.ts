import { expect, test } from "vitest";
import type { DeskStatus } from "#runtime/status.ts";
import { aConfig, aStatus, at, usd } from "./cli-scenario.ts";
import { NO_PAINT, paintFor } from "./paint.ts";
import { textWidth } from "./table.ts";
import { LiveScreen, renderView } from "./terminal-view.ts";

const SIZE = { columns: 100, rows: 60 };

/** The middle of a busy day: a long position between its stop and its target. */
function aBusyStatus(): DeskStatus {
  const leg = {
    accountId: "PRACTICE-1",
    instrument: "MGC",
    side: "sell",
    qty: 3,
    filledQty: 0,
    change: null,
    status: { kind: "working" },
  };
  return aStatus({
    accounts: [
      {
        accountId: "PRACTICE-1",
        tradingState: "active",
        ready: true,
        balance: usd(49_873.26),
        dayNet: usd(-126.74),
        dayFees: usd(17.28),
        unrealized: usd(42),
        roundTrips: 4,
        wins: 1,
        limits: [
          {
            rule: "RULE-001",
            title: "Maximum contracts of the account",
            unit: "lots",
            used: 3,
            limit: 5,
          },
          {
            rule: "RULE-003",
            title: "Daily realized loss",
            unit: "money",
            used: 126.74,
            limit: 500,
          },
        ],
      },
    ],
    positions: [
      {
        position: { accountId: "PRACTICE-1", instrument: "MGC", qty: 3 },
        avgEntryPrice: 1318.53,
        markPrice: 1319.9,
        unrealized: usd(42),
      },
    ] as never,
    orders: [
      {
        ...leg,
        clientOrderId: "K1-8",
        purpose: "stopLoss",
        terms: { type: "stop", stopPrice: 13_162 },
      },
      {
        ...leg,
        clientOrderId: "K1-9",
        purpose: "takeProfit",
        terms: { type: "limit", limitPrice: 13_234 },
        change: { kind: "cancel", since: 0 },
      },
    ] as never,
    bots: [
      {
        botId: "gold-trend",
        status: { kind: "running" },
        store: {},
        signals: { tradingDay: "2013-10-08", count: 5 },
        ledger: {
          tradingDay: "2013-10-08",
          dayNet: usd(-126.74),
          totalNet: usd(-126.74),
          peakNet: usd(0),
        },
      },
    ] as never,
    denials: [
      {
        at: at("2013-10-08T13:59:30Z"),
        denial: { rule: "RULE-001", code: "maxContractsExceeded", limit: 5, value: 6 },
      },
    ],
  });
}

test("a busy desk fits on one screen", () => {
  const lines = renderView(
    { status: aBusyStatus(), config: aConfig(), alerts: [] },
    SIZE,
    NO_PAINT,
  );

  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    Keel replay S1  2013-10-08 14:05:00 UTC  active  event 31250
    ██████████████████████████░░░░░░░░░░░░░░ 67 %

    Market
    instrument     bid     ask    last
    MGC         1319.9  1320.1  1320.0

    Accounts
    account     state     balance  day net  open PnL  day fees  trips  won
    PRACTICE-1  active  49,873.26  -126.74    +42.00     17.28      4    1

    Positions
    account     instrument  side  qty    entry    mark  open PnL
    PRACTICE-1  MGC         long    3  1318.53  1319.9    +42.00

    Orders
    order  account     instrument  side  qty  filled  terms         for          state
    K1-8   PRACTICE-1  MGC         sell    3       0  stop 1316.2   stop loss    working
    K1-9   PRACTICE-1  MGC         sell    3       0  limit 1323.4  take profit  working, cancel asked

    Limits used
    account     rule                                                       used    limit
    PRACTICE-1  Maximum contracts of the account  ████████████░░░░░░░░        3        5
    PRACTICE-1  Daily realized loss               █████░░░░░░░░░░░░░░░  $126.74  $500.00

    Bots
    bot         account     instrument  state    signals  day net      net
    gold-trend  PRACTICE-1  MGC         running        5  -126.74  -126.74

    Last denials (UTC)
    13:59:30  6 contracts would exceed the account limit of 5 (RULE-001)

    Ctrl-C ends the session: entries are canceled, protection stays at the venue.
    "
  `);
});

test("a locked, halted desk says so before anything else", () => {
  const status = aStatus({
    tradingState: "halted",
    journalWritable: false,
    progress: null,
    lockouts: [
      {
        lockoutId: "L1",
        accountId: "PRACTICE-1" as never,
        scope: { kind: "account" },
        rule: "RULE-003",
        kind: "hard",
        reason: "dailyLossReached: limit 500, found 512.25",
        startedAt: at("2013-10-08T14:00Z"),
        until: at("2013-10-08T22:00Z"),
      },
    ],
    enforcements: [
      {
        enforcementId: "E1",
        accountId: "PRACTICE-1" as never,
        instrument: null,
        keepQty: 0 as never,
        cause: "RULE-003",
        stage: "close",
        startedAt: at("2013-10-08T14:00Z"),
        attempts: 1,
        nextAttemptAt: at("2013-10-08T14:00Z"),
      },
    ],
  });

  const lines = renderView(
    { status, config: aConfig(), alerts: ["2013-10-08 14:00:00 UTC  critical: the disk is full"] },
    SIZE,
    NO_PAINT,
  );

  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    Keel replay S1  2013-10-08 14:05:00 UTC  halted  event 31250
    The journal cannot be written: no entries.
    2013-10-08 14:00:00 UTC  critical: the disk is full

    Market
    instrument     bid     ask    last
    MGC         1319.9  1320.1  1320.0

    Accounts
    account  state  balance  day net  open PnL  day fees  trips  won

    Locked
    PRACTICE-1 until 2013-10-08 22:00:00 UTC: the day's realized loss of $512.25 has reached the limit …

    Closing
    PRACTICE-1: closing (RULE-003)

    Ctrl-C ends the session: entries are canceled, protection stays at the venue.
    "
  `);
});

test("a small screen shows what matters most and cuts the rest", () => {
  const view = { status: aBusyStatus(), config: aConfig(), alerts: [] };
  const paint = paintFor({ isTty: true, write: () => undefined, size: () => SIZE }, {});

  const lines = renderView(view, { columns: 40, rows: 10 }, paint);

  expect(lines).toHaveLength(10);
  expect(Math.max(...lines.map(textWidth))).toBe(40);
  expect(lines[7]).toContain("…");
});

test.each([
  [{}, true, true],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ TERM: "dumb" }, true, false],
  [{}, false, false],
])("with %o on a terminal %s there are colors: %s", (env, isTty, colored) => {
  const paint = paintFor({ isTty, write: () => undefined, size: () => SIZE }, env);

  expect(paint.bad("x") !== "x").toBe(colored);
});

test("the screen is drawn at most ten times a second and given back at the end", () => {
  const written: string[] = [];
  let nowMs = 0;
  const output = {
    write: (text: string) => void written.push(text),
    isTty: true,
    size: () => SIZE,
  };
  const screen = new LiveScreen(output, () => nowMs);

  for (const ms of [0, 50, 99, 100, 180, 200]) {
    nowMs = ms;
    screen.show(() => [`at ${ms}`]);
  }
  screen.close();
  screen.close();

  expect(written).toEqual([
    "\u{1B}[?1049h\u{1B}[?25l\u{1B}[Hat 0\u{1B}[K\u{1B}[J",
    "\u{1B}[Hat 100\u{1B}[K\u{1B}[J",
    "\u{1B}[Hat 200\u{1B}[K\u{1B}[J",
    "\u{1B}[?25h\u{1B}[?1049l",
  ]);
});
