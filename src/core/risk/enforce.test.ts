import { describe, expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import type { Request } from "#core/desk/request.ts";
import { invariant } from "#core/domain/invariant.ts";
import { lots } from "#core/domain/units.ts";
import {
  ACCOUNT,
  GOLD,
  NASDAQ,
  aBracket,
  anAccountConfig,
  anEntry,
  limitAt,
  stopAt,
} from "#test/kit/builders.ts";
import { aRiskDesk, elsewhere, quoteAt, storyOf } from "#test/kit/risk-desk.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const FLATTEN = { kind: "flatten", accountId: ACCOUNT } as const;
const NOT_ARMED = { rule: "GATE", code: "notArmed", limit: null, value: "observe" };
const CLOSE_GOLD = { kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null } as const;

/** What follows from asking, and from letting time pass, as a story. */
function after(desk: TestDesk, request: typeof FLATTEN | typeof CLOSE_GOLD, ms = 0) {
  const since = desk.steps.length;
  const result = desk.request(request);
  desk.advance(ms);
  return { result, story: storyOf(desk, since) };
}

const enforcementsOf = (facts: readonly Fact[]) =>
  facts.flatMap((fact) =>
    fact.kind === "enforcementChanged"
      ? [`${fact.enforcement.enforcementId} ${fact.enforcement.stage}`]
      : fact.kind === "enforcementEnded"
        ? [`${fact.enforcementId} ended`]
        : [],
  );

describe("a flatten that a person asks for", () => {
  test("cancels entries, closes every position, and cancels protection only when flat", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2), bracket: aBracket(50, 60) });
    desk.place({ terms: limitAt(26_300) });
    desk.place({ instrument: NASDAQ.id, side: "sell" });
    desk.advance(100);

    const { result, story } = after(desk, FLATTEN, 10_000);

    expect(result).toEqual({ kind: "accepted", clientOrderIds: [], note: null });
    expect(story).toEqual([
      "+100",
      "cancel k1-4",
      "sell 2 market MGC",
      "buy 1 market MNQ",
      "filled sell 2, holds 0",
      "cancel k1-2",
      "cancel k1-3",
      "filled buy 1, holds 0",
      "protected",
      "e1 ended",
    ]);
    expect(desk.state.openOrders.size).toBe(0);
    expect(desk.state.enforcements.size).toBe(0);
  });

  test("goes through its stages once each", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2), bracket: aBracket(50, null) });
    const since = desk.facts.length;

    after(desk, FLATTEN, 1_000);

    expect(enforcementsOf(desk.facts.slice(since))).toEqual([
      "e1 cancelEntries",
      "e1 close",
      "e1 close",
      "e1 cancelRest",
      "e1 ended",
    ]);
  });

  test("of an account without anything ends at once", () => {
    const desk = aRiskDesk();

    expect(after(desk, FLATTEN).story).toEqual(["+0", "e1 ended"]);
  });

  test("asked for twice is done once", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2) });
    desk.answers = () => "hold";

    const [first, second] = [after(desk, FLATTEN).story, after(desk, FLATTEN).story];
    desk.answers = () => "tell";
    desk.tellHeld();

    expect(first).toEqual(["+0", "sell 2 market MGC"]);
    expect(second).toEqual([]);
    expect(desk.position()?.qty).toBe(0);
  });

  test("holds entries back until it has ended", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2) });
    desk.answers = () => "hold";
    desk.request(FLATTEN);

    const during = desk.request(anEntry({ terms: limitAt(26_400) }));
    desk.answers = () => "tell";
    desk.tellHeld();
    const afterwards = desk.request(anEntry({ terms: limitAt(26_400) }));

    expect(during).toEqual({
      kind: "denied",
      denial: { rule: "GATE", code: "flattenRunning", limit: null, value: "e1" },
    });
    expect(afterwards.kind).toBe("accepted");
  });

  test("takes entries that were queued out of the queue", () => {
    const queue = { capacity: 9, perSecond: 1, burst: 1, marketTtl: 5_000, limitTtl: 60_000 };
    const desk = aRiskDesk({}, { queue: queue as never });
    desk.place({ terms: limitAt(26_400) });
    const waiting = desk.place({ terms: limitAt(26_401) });

    const { story } = after(desk, FLATTEN, 5_000);

    expect(desk.order(waiting).status).toMatchObject({
      kind: "canceled",
      reason: "canceled before it was sent",
    });
    expect(story).toEqual(["+0", "cancel k1-1", "e1 ended"]);
  });
});

describe("a close of one instrument", () => {
  test("leaves the others alone", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2), bracket: aBracket(50, null) });
    desk.place({ instrument: NASDAQ.id, bracket: aBracket(50, null) });
    desk.place({ terms: limitAt(26_300) });
    desk.place({ instrument: NASDAQ.id, terms: limitAt(26_300) });

    const { story } = after(desk, CLOSE_GOLD);

    expect(story).toEqual([
      "+0",
      "cancel k1-5",
      "sell 2 market MGC",
      "filled sell 2, holds 0",
      "cancel k1-2",
      "e1 ended",
    ]);
    expect(desk.position(NASDAQ.id)?.qty).toBe(1);
    expect([...desk.state.openOrders.keys()]).toEqual(["k1-4", "k1-6"]);
  });

  test("of another instrument runs beside it", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2) });
    desk.place({ instrument: NASDAQ.id });
    desk.answers = () => "hold";

    desk.request(CLOSE_GOLD);
    desk.request({ ...CLOSE_GOLD, instrument: NASDAQ.id });

    expect([...desk.state.enforcements.values()].map(({ instrument }) => instrument)).toEqual([
      GOLD.id,
      NASDAQ.id,
    ]);
  });

  test("replaces one that would keep some of it", () => {
    const desk = aRiskDesk({ arming: "guard", rules: { max_contracts: { limit: 2 } } });
    elsewhere(desk, "buy", 2);
    desk.orders = () => "lose";
    elsewhere(desk, "buy", 1);

    desk.request(CLOSE_GOLD);

    expect(
      [...desk.state.enforcements.values()].map(({ keepQty, cause }) => [keepQty, cause]),
    ).toEqual([[0, "person"]]);
    expect(storyOf(desk).slice(-2)).toEqual(["e1 ended", "sell 2 market MGC"]);
  });

  test("is an order of the desk itself", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2) });
    desk.answers = () => "hold";

    desk.request(CLOSE_GOLD);

    expect([...desk.state.openOrders.values()]).toMatchObject([
      { source: { kind: "desk" }, purpose: "riskClose", reduceOnly: true, parent: null, qty: 2 },
    ]);
  });

  test("is part of a flatten that comes later, and nothing to one that runs", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2) });
    desk.place({ instrument: NASDAQ.id });
    desk.answers = () => "hold";

    const stories = [CLOSE_GOLD, FLATTEN, CLOSE_GOLD].map((one) => after(desk, one).story);

    expect(stories).toEqual([
      ["+0", "sell 2 market MGC"],
      ["+0", "e1 ended", "sell 1 market MNQ"],
      [],
    ]);
    expect([...desk.state.enforcements.keys()]).toEqual(["e2"]);
  });

  test.each([
    ["a target", limitAt(26_600)],
    ["a stop", stopAt(26_400)],
  ])("does not wait for %s of the same size, and takes it away afterwards", (_what, terms) => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2) });
    const exit = desk.place({ side: "sell", qty: lots(2), reduceOnly: true, terms });

    const { story } = after(desk, CLOSE_GOLD);

    expect(story).toContain("sell 2 market MGC");
    expect(desk.position()?.qty).toBe(0);
    expect(desk.order(exit).status.kind).toBe("canceled");
  });

  test("leaves a stop from elsewhere to guard until the position is closed", () => {
    const desk = aRiskDesk({ arming: "guard" });
    elsewhere(desk, "buy", 2);
    elsewhere(desk, "sell", 2, { terms: stopAt(26_400) });
    elsewhere(desk, "buy", 1, { terms: limitAt(26_400) });
    desk.reconcile();
    const [stop, entry] = [...desk.state.openOrders.keys()];

    const { story } = after(desk, CLOSE_GOLD);

    expect(story).toEqual([
      "+0",
      `cancel ${entry}`,
      "sell 2 market MGC",
      "filled sell 2, holds 0",
      `cancel ${stop}`,
      "e1 ended",
    ]);
  });
});

describe("an account that is only observed", () => {
  test("is sent nothing, whatever is asked or broken", () => {
    const rules = {
      max_contracts: { limit: 1 },
      daily_realized_loss: { limit: 10 },
      no_stop_loss_grace: {},
    };
    const desk = aRiskDesk({ arming: "observe", rules });
    elsewhere(desk, "buy", 3);
    elsewhere(desk, "buy", 1, { terms: limitAt(26_300) });
    quoteAt(desk, 26_400);
    elsewhere(desk, "sell", 1);
    desk.reconcile();
    const [working] = desk.state.openOrders.values();
    invariant(working !== undefined, "one that was placed elsewhere works");
    const { clientOrderId, terms } = working;
    const asked: readonly Request[] = [
      FLATTEN,
      CLOSE_GOLD,
      { kind: "cancel", clientOrderId },
      { kind: "modify", clientOrderId, qty: lots(2), terms },
    ];
    const answers = asked.map((request) => desk.request(request));
    desk.advance(60_000);

    expect(answers).toEqual(asked.map(() => ({ kind: "denied", denial: NOT_ARMED })));
    const sent = desk.commands.filter(({ kind }) => /^(submit|cancel|modify)/u.test(kind));

    expect(sent).toEqual([]);
    expect(desk.state.enforcements.size).toBe(0);
    expect([...desk.state.breaches.values()].map(({ rule }) => rule)).toEqual([
      "RULE-001",
      "RULE-003",
      "RULE-008",
    ]);
    expect(desk.state.lockouts.size).toBe(1);
  });
});

test("safe mode locks every account and closes nothing by itself", () => {
  const desk = aRiskDesk();
  desk.place({ qty: lots(2), bracket: aBracket(50, null) });
  desk.place({ terms: limitAt(26_300) });
  const since = desk.steps.length;

  desk.apply({ kind: "safeModeEntered", at: desk.now, reason: "journal damaged" });
  desk.advance(60_000);

  expect(storyOf(desk, since)).toEqual([
    "+0",
    "locked by safeMode",
    "critical safeMode",
    "cancel k1-3",
  ]);
  expect(desk.position()?.qty).toBe(2);
  expect(desk.request(anEntry({ terms: limitAt(26_400) })).kind).toBe("denied");
  expect(after(desk, FLATTEN).story).toContain("sell 2 market MGC");
  expect(desk.position()?.qty).toBe(0);
});

test("two accounts are closed independently", () => {
  const other = { ...anAccountConfig(), accountId: "OTHER" as typeof ACCOUNT };
  const desk = new TestDesk({ session: { accounts: [anAccountConfig(), other] } });
  desk.place({ qty: lots(2) });
  desk.place({ accountId: other.accountId, qty: lots(3) });

  desk.request(FLATTEN);

  const held = [...desk.state.positions.values()].map(({ accountId, qty }) => [accountId, qty]);
  expect(held).toEqual([
    [ACCOUNT, 0],
    ["OTHER", 3],
  ]);
});
