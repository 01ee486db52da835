import { describe, expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, NASDAQ, aBracket, anEntry, limitAt, stopAt } from "#test/kit/builders.ts";
import { aRiskDesk, elsewhere, storyOf } from "#test/kit/risk-desk.ts";
import type { TestDesk } from "#test/kit/test-desk.ts";

const CLOSE = { no_stop_loss_grace: { grace: "10s", onBreach: "close" } };
const ALERT = { no_stop_loss_grace: { grace: "10s", onBreach: "alert" } };

/** What follows from something, without the questions asked of the venue. */
function storyAfter(desk: TestDesk, act: () => void): readonly string[] {
  const since = desk.steps.length;
  act();
  return storyOf(desk, since).filter((line) => line !== "ask the venue");
}

/** When a position without a stop is closed, in milliseconds from now; undefined when it is not within a minute. */
function closedAfter(desk: TestDesk): number | undefined {
  const from = desk.now;
  const since = desk.steps.length;
  desk.advance(60_000);
  const step = desk.steps
    .slice(since)
    .find(({ facts }) => facts.some(({ kind }) => kind === "breachFound"));
  return step === undefined ? undefined : step.event.at - from;
}

describe("a position from elsewhere", () => {
  test("without a stop is closed when its grace ends", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 3);

    const story = storyAfter(desk, () => desk.advance(60_000));

    expect(story.slice(-8)).toEqual([
      "+10000",
      "breach RULE-008 10000 of 10000",
      "critical positionWithoutStop",
      "sell 3 market MGC",
      "filled sell 3, holds 0",
      "protected",
      `over ${ACCOUNT}/RULE-008/MGC`,
      "e1 ended",
    ]);
    expect(desk.state.lockouts.size).toBe(0);
  });

  test("whose stop nobody told us of is found protected in time", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 3);
    desk.answers = (event) => (event.kind === "orderReported" ? "lose" : "tell");
    desk.advance(7_000);
    elsewhere(desk, "sell", 3, { terms: stopAt(26_400) });

    expect(closedAfter(desk)).toBe(undefined);
    expect(desk.position()?.qty).toBe(3);
    expect(desk.state.unprotected.size).toBe(0);
  });

  test.each([
    ["as large as the position", 3, undefined],
    ["larger than the position", 4, undefined],
    ["smaller than the position", 2, 10_000],
  ])("with a stop %s", (_what, qty, expected) => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 3);
    elsewhere(desk, "sell", qty, { terms: stopAt(26_400) });

    expect(closedAfter(desk)).toBe(expected);
  });

  test.each([
    ["a stop on the other side", "buy", stopAt(26_600)],
    ["a target", "sell", limitAt(26_600)],
  ] as const)("is not protected by %s", (_what, side, terms) => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 3);
    elsewhere(desk, side, 3, { terms });

    expect(closedAfter(desk)).toBe(10_000);
  });

  test("that grows beyond its stop has its grace from then on", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 2);
    elsewhere(desk, "sell", 2, { terms: stopAt(26_400) });
    desk.reconcile();
    desk.advance(30_000);

    elsewhere(desk, "buy", 1);

    expect(closedAfter(desk)).toBe(10_000);
  });

  test("that grows while it is unprotected gains no time", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 2);
    desk.advance(4_000);

    elsewhere(desk, "buy", 1);

    expect(closedAfter(desk)).toBe(6_000);
  });

  test("that turns over begins anew", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 2);
    desk.advance(4_000);

    const story = storyAfter(desk, () => elsewhere(desk, "sell", 5));

    expect(story).toEqual(["+4000", "filled sell 5, holds -3", "unprotected"]);
    expect(closedAfter(desk)).toBe(10_000);
  });

  test("that is closed and opened again begins anew", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 2);
    desk.advance(4_000);

    elsewhere(desk, "sell", 2);
    elsewhere(desk, "buy", 2);

    expect(closedAfter(desk)).toBe(10_000);
  });

  test("that was turned over while nobody looked begins anew when that is known", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 2);
    desk.advance(4_000);
    desk.answers = () => "lose";
    elsewhere(desk, "sell", 5);
    desk.answers = () => "tell";

    desk.reconcile();

    expect(desk.position()?.qty).toBe(-3);
    expect(closedAfter(desk)).toBe(10_000);
  });

  test("has a grace of its own in each instrument", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 1);
    desk.advance(4_000);
    elsewhere(desk, "buy", 1, { instrument: NASDAQ.id });

    desk.advance(6_000);
    const first = [desk.position()?.qty, desk.position(NASDAQ.id)?.qty];
    desk.advance(4_000);

    expect(first).toEqual([0, 1]);
    expect(desk.position(NASDAQ.id)?.qty).toBe(0);
  });

  test("is told of once an episode where nothing shall be closed", () => {
    const desk = aRiskDesk({ arming: "guard", rules: ALERT });
    elsewhere(desk, "buy", 1);
    desk.advance(30_000);
    elsewhere(desk, "buy", 1);
    desk.advance(30_000);
    const first = desk.commands.filter((one) => one.kind === "alert").length;

    elsewhere(desk, "sell", 2, { terms: stopAt(26_400) });
    desk.reconcile();
    const over = desk.state.breaches.size;
    elsewhere(desk, "buy", 1);
    desk.advance(30_000);

    expect(first).toBe(1);
    expect(over).toBe(0);
    expect(
      desk.commands.flatMap((one) => (one.kind === "alert" ? [`${one.severity} ${one.code}`] : [])),
    ).toEqual([
      "critical positionWithoutStop",
      "warning externalOrder",
      "critical positionWithoutStop",
    ]);
    expect(desk.position()?.qty).toBe(3);
  });

  test("has its grace again after a restart", () => {
    const desk = aRiskDesk({ arming: "guard", rules: CLOSE });
    elsewhere(desk, "buy", 2);
    desk.advance(4_000);

    desk.restart();

    expect(closedAfter(desk)).toBe(10_000);
  });
});

describe("a position of ours", () => {
  test("with a bracket is covered as soon as its stop works, and nothing is asked", () => {
    const desk = aRiskDesk({ rules: CLOSE });
    desk.place({ qty: lots(2), bracket: aBracket(50, 60) });
    const since = desk.steps.length;

    desk.advance(60_000);

    expect(storyOf(desk, since)).toEqual([]);
    expect(desk.position()?.qty).toBe(2);
    expect(desk.state.unprotected.size).toBe(0);
  });

  test("without one is closed", () => {
    const desk = aRiskDesk({ rules: CLOSE });
    desk.place({ qty: lots(2) });

    expect(closedAfter(desk)).toBe(10_000);
  });

  test("whose stop is withdrawn by hand has its grace from then on", () => {
    const desk = aRiskDesk({ rules: CLOSE });
    desk.place({ qty: lots(2), bracket: aBracket(50, null) });
    desk.advance(30_000);
    const [stop] = desk.state.openOrders.values();

    if (stop !== undefined) desk.request({ kind: "cancel", clientOrderId: stop.clientOrderId });

    expect(closedAfter(desk)).toBe(10_000);
  });

  test("whose stop has not been confirmed is not covered by it", () => {
    const desk = aRiskDesk({ rules: CLOSE });
    desk.orders = (one) =>
      one.kind === "submitOrder" && one.terms.type === "stop" ? "lose" : "send";
    desk.place({ qty: lots(2), bracket: aBracket(50, null) });

    expect([...desk.state.unprotected.values()]).toEqual([desk.now]);
  });

  test("may not be opened without a stop where one is required", () => {
    const desk = aRiskDesk({ rules: { no_stop_loss_grace: { requireStopOnEntry: "reject" } } });

    expect(desk.request(anEntry())).toEqual({
      kind: "denied",
      denial: { rule: "RULE-008", code: "stopRequired", limit: null, value: null },
    });
    expect(desk.request(anEntry({ bracket: aBracket() })).kind).toBe("accepted");
  });
});

test("protection is noted for every account, with or without the rule", () => {
  const desk = aRiskDesk();

  const story = storyAfter(desk, () => desk.place());

  expect(story).toEqual(["+0", "buy 1 market MGC", "filled buy 1, holds 1", "unprotected"]);
  expect([...desk.state.unprotected]).toEqual([[`${ACCOUNT}/MGC`, desk.now]]);
});
