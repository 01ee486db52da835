import { expect, test } from "vitest";
import { aBusyStatus, aConfig } from "./cli-scenario.ts";
import { NO_PAINT, paintFor } from "./paint.ts";
import { textWidth } from "./table.ts";
import { renderView } from "./terminal-view.ts";

/** What no screen may hide: the state of the desk, positions, orders with their state, limits, bots. */
const ESSENTIALS = [
  /active/u,
  /MGC +long +3/u,
  /K1-8 .*stop 1316.2.* working$/mu,
  /K1-9 .*limit 1323.4.* canceling$/mu,
  /Daily realized.* \$126.74 +\$500.00$/mu,
  /Maximum contracts.* 3 +5$/mu,
  /gold-trend .*running/u,
  /13:59:30 {2}denied: 6 contracts/u,
];

test.each([
  { columns: 100, rows: 60 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 24 },
])("the essentials fit on %o", (size) => {
  const view = { status: aBusyStatus(), config: aConfig(), alerts: [] };

  const lines = renderView(view, size, NO_PAINT);

  expect(lines.length).toBeLessThanOrEqual(size.rows);
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(size.columns);
  for (const essential of ESSENTIALS) expect(lines.join("\n")).toMatch(essential);
});

test("on 80 columns and 24 lines the titles are the heads of the tables", () => {
  const view = { status: aBusyStatus(), config: aConfig(), alerts: [] };

  const lines = renderView(view, { columns: 80, rows: 24 }, NO_PAINT);

  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    Keel replay S1  2013-10-08 14:05:00 UTC  active  ██████░░░░ 67 %  event 31250
    Market     bid     ask    last
    MGC     1319.9  1320.1  1320.0
    Accounts    state     balance  day net  open PnL  day fees  trips  won
    PRACTICE-1  active  49,873.26  -126.74    +42.00     17.28      4    1
    Positions  side  qty    entry    mark  open PnL
    MGC        long    3  1318.53  1319.9    +42.00
    Orders  instrument  side  qty  filled  terms         for          state
    K1-8    MGC         sell    3       0  stop 1316.2   stop loss    working
    K1-9    MGC         sell    3       0  limit 1323.4  take profit  canceling
    Limits used                                                used    limit
    Maximum contracts of the account  ████████████░░░░░░░░        3        5
    Daily realized loss               █████░░░░░░░░░░░░░░░  $126.74  $500.00
    Bots        instrument  state    signals  day net      net
    gold-trend  MGC         running        5  -126.74  -126.74
    Lately denied, refused, closed (UTC)
    13:59:30  denied: 6 contracts would exceed the account limit of 5 (RULE-001)
    Ctrl-C ends the session: entries are canceled, protection stays at the venue.
    "
  `);
});

test("many orders leave room for the rest and say how many there are", () => {
  const status = aBusyStatus();
  const orders = Array.from({ length: 30 }, () => status.orders).flat();
  const view = { status: { ...status, orders }, config: aConfig(), alerts: [] };

  const lines = renderView(view, { columns: 80, rows: 24 }, NO_PAINT);

  expect(lines).toHaveLength(24);
  expect(lines.join("\n")).toMatch(/… \d+ more\n/u);
  for (const essential of ESSENTIALS) expect(lines.join("\n")).toMatch(essential);
});

test("a tiny screen is cut at its end", () => {
  const view = { status: aBusyStatus(), config: aConfig(), alerts: [] };
  const paint = paintFor({ isTty: true }, {});

  const lines = renderView(view, { columns: 40, rows: 10 }, paint);

  expect(lines).toHaveLength(10);
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(40);
  expect(lines[8]).toContain("…");
});
