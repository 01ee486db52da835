import { expect, test } from "vitest";
import { aBusyStatus, aConfig, aStatus, at, textKept } from "./cli-scenario.ts";
import { NO_PAINT, paintFor } from "./paint.ts";
import { LiveScreen, renderView } from "./terminal-view.ts";

const SIZE = { columns: 100, rows: 60 };

test("a busy desk fits on one screen", () => {
  const lines = renderView(
    { status: aBusyStatus(), config: aConfig(), alerts: [] },
    SIZE,
    NO_PAINT,
  );

  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    Keel replay S1  2013-10-08 14:05:00 UTC  active  ██████░░░░ 67 %  event 31250

    Market
    instrument     bid     ask    last
    MGC         1319.9  1320.1  1320.0

    Accounts
    account     state     balance  day net  open PnL  day fees  trips  won
    PRACTICE-1  active  49,873.26  -126.74    +42.00     17.28      4    1

    Positions
    instrument  side  qty    entry    mark  open PnL
    MGC         long    3  1318.53  1319.9    +42.00

    Orders
    order  instrument  side  qty  filled  terms         for          state
    K1-8   MGC         sell    3       0  stop 1316.2   stop loss    working
    K1-9   MGC         sell    3       0  limit 1323.4  take profit  canceling

    Limits used
    rule                                                       used    limit
    Maximum contracts of the account  ████████████░░░░░░░░        3        5
    Daily realized loss               █████░░░░░░░░░░░░░░░  $126.74  $500.00

    Bots
    bot         instrument  state    signals  day net      net
    gold-trend  MGC         running        5  -126.74  -126.74

    Lately denied, refused, closed (UTC)
    13:59:30  denied: 6 contracts would exceed the account limit of 5 (RULE-001)

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

    Locked
    PRACTICE-1 until 2013-10-08 22:00:00 UTC: the day's realized loss of $512.25 has reached the limit
      of $500.00 (RULE-003)

    Closing
    PRACTICE-1: closing (Daily realized loss, RULE-003)

    Market
    instrument     bid     ask    last
    MGC         1319.9  1320.1  1320.0

    Ctrl-C ends the session: entries are canceled, protection stays at the venue.
    "
  `);
});

test("an account that is locked does not look active", () => {
  const { accounts } = aBusyStatus();
  const lockout = { accountId: "PRACTICE-1", scope: { kind: "account" }, until: null };
  const lockouts = [{ ...lockout, rule: "RULE-003", reason: "x" }] as never;

  const lines = renderView(
    { status: aStatus({ accounts, lockouts }), config: aConfig(), alerts: [] },
    SIZE,
    NO_PAINT,
  );

  expect(lines.join("\n")).toMatch(/PRACTICE-1 {2}locked {2}49,873.26/u);
});

test("what the venue refused and withdrew and what a rule closed stands beside the denials", () => {
  const order = {
    clientOrderId: "K1-4",
    side: "buy",
    qty: 1,
    instrument: "MGC",
    terms: { type: "stop", stopPrice: 13_235 },
  };
  const reason = "invalid stop price: a buy stop must be above the market at 13240, found 13235";
  const breach = { accountId: "PRACTICE-1", rule: "RULE-008", code: "positionWithoutStop" };
  const remedy = { kind: "closeInstrument", instrument: "MGC" };
  const incidents = [
    { kind: "refused", what: "order", at: at("2013-10-08T13:59:00Z"), order, reason },
    {
      kind: "refused",
      what: "change",
      at: at("2013-10-08T13:59:40Z"),
      order,
      reason: "unknown order",
    },
    {
      kind: "withdrawn",
      what: "order",
      at: at("2013-10-08T13:59:50Z"),
      order,
      reason: "the trading day ended",
    },
    {
      kind: "breach",
      at: at("2013-10-08T14:00:00Z"),
      breach: { ...breach, limit: 10_000, value: 10_000, remedy },
    },
  ] as never;

  const lines = renderView(
    { status: { ...aBusyStatus(), incidents }, config: aConfig(), alerts: [] },
    { columns: 120, rows: 60 },
    NO_PAINT,
  );

  expect(lines.slice(lines.indexOf("Lately denied, refused, closed (UTC)") + 1, -2)).toEqual([
    "13:59:00  refused: K1-4, buy 1 MGC stop 1323.5: invalid stop price: a buy stop must be above the market at 1324.0, found",
    "  1323.5",
    "13:59:30  denied: 6 contracts would exceed the account limit of 5 (RULE-001)",
    "13:59:40  refused: a change of K1-4, buy 1 MGC stop 1323.5: unknown order",
    "13:59:50  withdrawn at the venue: K1-4, buy 1 MGC stop 1323.5: the trading day ended",
    "14:00:00  PRACTICE-1: a position has had no full stop for 10 s; 10 s are allowed (RULE-008); MGC closed",
  ]);
});

test.each([
  [{}, true, true],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ TERM: "dumb" }, true, false],
  [{}, false, false],
])("with %o on a terminal %s there are colors: %s", (env, isTty, colored) => {
  const paint = paintFor({ isTty }, env);

  expect(paint.bad("x") !== "x").toBe(colored);
});

test("the screen is drawn at most ten times a second and given back at the end", () => {
  const written: string[] = [];
  let nowMs = 0;
  const output = textKept((text) => void written.push(text));
  const screen = new LiveScreen({ ...output, size: () => SIZE }, () => nowMs);

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
