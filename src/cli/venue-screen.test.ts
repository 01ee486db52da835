import { expect, test } from "vitest";
import { accountId, instrumentId } from "#core/domain/ids.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { aConfig, aDesk, keel } from "./cli-scenario.ts";
import { NO_PAINT } from "./paint.ts";
import { textWidth } from "./table.ts";
import { renderView } from "./terminal-view.ts";
import { aBusyVenue } from "./venue-scenario.ts";

const ACCEPTED = {
  kind: "result",
  result: { kind: "accepted", clientOrderIds: [], note: null },
} as const;

test("on 80 columns and 24 lines the link, the arming and all the rest can be seen", () => {
  const view = { status: aBusyVenue(), config: aConfig(), alerts: [] };

  const lines = renderView(view, { columns: 80, rows: 24 }, NO_PAINT);

  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(80);
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    Keel live S1  2013-10-08 14:05:00 UTC  active  ██████░░░░ 67 %  event 31250
    Venue  session      user hub   market hub  requests  our clock
    up     23.5 h left  4.2 s ago  120 ms ago  187 left  right
    Market     bid     ask    last  contract
    MGC     1319.9  1320.1  1320.0  CON.F.US.MGC.Z13
    Accounts    state   armed    balance  day net  open PnL  day fees  trips  won
    PRACTICE-1  active  trade  49,873.26  -126.74    +42.00     17.28      4    1
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

test("a link in trouble says all of it, and a desk that takes no entries says why", () => {
  const health = {
    link: "down",
    reason: "market hub: the venue closed the hub",
    tokenLifeLeftMs: null,
    userHub: { isUp: true, lastMessageAgeMs: null, attempts: 1 },
    marketHub: { isUp: false, lastMessageAgeMs: 95_000, attempts: 4 },
    budgetLeft: { general: 12, history: 50 },
    clockSkewMs: 1_500,
    displacedCount: 2,
    reconciling: [accountId("PRACTICE-1")],
    offTickCount: 3,
    accounts: [
      { accountId: accountId("PRACTICE-1"), name: "PRAC-V2-1", balance: null, canTrade: false },
    ],
    contracts: [
      { instrument: instrumentId("MGC"), contractId: null, problem: "MGC: no active contract" },
    ],
  } as const;
  const { accounts } = aBusyVenue();
  const waiting = accounts.map((one) => ({
    ...one,
    arming: "guard" as const,
    ready: false,
    readyReason: "started",
  }));
  const status = aBusyVenue(health, {
    accounts: waiting,
    degraded: "our clock is 1500 ms ahead of the venue's",
  });

  const lines = renderView(
    { status, config: aConfig(), alerts: [] },
    { columns: 80, rows: 60 },
    NO_PAINT,
  );

  expect(`\n${lines.slice(0, 24).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    Keel live S1  2013-10-08 14:05:00 UTC  active  ██████░░░░ 67 %  event 31250
    No entries: our clock is 1500 ms ahead of the venue's.

    Venue
    link  session  user hub     market hub  requests  our clock
    down  none     nothing yet  down        12 left   1.5 s ahead
    Not traded: MGC: no active contract
    The venue lets PRACTICE-1 open nothing (canTrade is false)
    3 prices between two ticks were passed over
    Compared with the venue now: PRACTICE-1
    Another login has taken our session 2 times within ten minutes
    The link is down: market hub: the venue closed the hub

    Market
    instrument     bid     ask    last  contract
    MGC         1319.9  1320.1  1320.0  none

    Accounts
    account     state      armed    balance  day net  open PnL  day fees  trips  won
    PRACTICE-1  not ready  guard  49,873.26  -126.74    +42.00     17.28      4    1
    PRACTICE-1 is not ready: it was not compared with the venue yet; wait a moment

    Positions
    instrument  side  qty    entry    mark  open PnL
    "
  `);
});

test("programs read the money of the venue's accounts in millionths", async () => {
  const { askDesk } = aDesk(ACCEPTED, aBusyVenue());

  const ended = await keel("status --json", { strategies: STRATEGIES, askDesk });

  expect(JSON.parse(ended.out)).toMatchObject({
    venue: { link: "up", accounts: [{ balance: "49873260000", canTrade: true }] },
    accounts: [{ arming: "trade", ready: true, readyReason: "reconciled" }],
  });
});
