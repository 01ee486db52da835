import { describe, expect, test } from "vitest";
import { ACCOUNT, NASDAQ, anAccountConfig, limitAt, stopAt } from "#test/kit/builders.ts";
import { aRiskDesk, elsewhere, quoteAt, storyOf } from "#test/kit/risk-desk.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

/** What follows from something, as a story. */
function storyAfter(desk: TestDesk, act: () => void): readonly string[] {
  const since = desk.steps.length;
  act();
  return storyOf(desk, since);
}

describe("the contract rules, broken elsewhere", () => {
  test("RULE-001 closes what is too much of what was opened last", () => {
    const desk = aRiskDesk({ arming: "guard", rules: { max_contracts: { limit: 3 } } });
    elsewhere(desk, "buy", 2);
    desk.advance(1_000);

    const story = storyAfter(desk, () => elsewhere(desk, "sell", 3, { instrument: NASDAQ.id }));

    expect(story).toEqual([
      "+1000",
      "filled sell 3, holds -3",
      "unprotected",
      "breach RULE-001 5 of 3",
      "critical maxContractsExceeded",
      "buy 2 market MNQ",
      "filled buy 2, holds -1",
      `over ${ACCOUNT}/RULE-001/MNQ`,
      "e1 ended",
    ]);
    expect([desk.position()?.qty, desk.position(NASDAQ.id)?.qty]).toEqual([2, -1]);
  });

  test("RULE-001 goes on with the next position when one is not enough", () => {
    const desk = aRiskDesk({ arming: "guard", rules: { max_contracts: { limit: 0 } } });
    desk.orders = () => "lose";
    elsewhere(desk, "buy", 2);
    elsewhere(desk, "buy", 1, { instrument: NASDAQ.id });
    desk.orders = () => "send";
    desk.advance(10_000);

    expect([desk.position()?.qty, desk.position(NASDAQ.id)?.qty]).toEqual([0, 0]);
    expect(desk.state.breaches.size).toBe(0);
  });

  test("RULE-001 cancels the rest of an order before it closes what has filled of it", () => {
    const fillModel = { limitFill: "touch", marketDepth: "whole", participation: 1 } as const;
    const rules = { max_contracts: { limit: 8 } };
    const desk = new TestDesk({
      session: { accounts: [anAccountConfig({ arming: "guard", rules })] },
      venue: { fillModel: { ...fillModel, slippage: () => 0 } },
    });
    elsewhere(desk, "buy", 15, { terms: limitAt(26_490) });
    desk.reconcile();

    const story = storyAfter(desk, () => desk.trade(26_490, { qty: 10 }));

    expect(story.map((line) => line.replace(/web-\d+/u, "web"))).toEqual([
      "+0",
      "filled buy 10, holds 10",
      "unprotected",
      "breach RULE-001 10 of 8",
      "critical maxContractsExceeded",
      "cancel web",
      "sell 2 market MGC",
      "filled sell 2, holds 8",
      `over ${ACCOUNT}/RULE-001/MGC`,
      "e1 ended",
    ]);
  });

  test("RULE-001 may flatten instead", () => {
    const rules = { max_contracts: { limit: 3, onBreach: "close_all" } };
    const desk = aRiskDesk({ arming: "guard", rules });
    elsewhere(desk, "buy", 2);
    elsewhere(desk, "buy", 2, { instrument: NASDAQ.id });

    expect([desk.position()?.qty, desk.position(NASDAQ.id)?.qty]).toEqual([0, 0]);
    expect(desk.state.lockouts.size).toBe(0);
  });

  test("RULE-002 closes what is too much of one product and leaves the others", () => {
    const rules = { max_contracts_per_instrument: { limits: { MNQ: 2, MGC: 9 } } };
    const desk = aRiskDesk({ arming: "guard", rules });
    elsewhere(desk, "buy", 5);

    const story = storyAfter(desk, () => elsewhere(desk, "buy", 3, { instrument: NASDAQ.id }));

    expect(story).toEqual([
      "+0",
      "filled buy 3, holds 3",
      "unprotected",
      "breach RULE-002 3 of 2",
      "critical maxContractsPerInstrumentExceeded",
      "sell 1 market MNQ",
      "filled sell 1, holds 2",
      `over ${ACCOUNT}/RULE-002/MNQ`,
      "e1 ended",
    ]);
    expect([desk.position()?.qty, desk.position(NASDAQ.id)?.qty]).toEqual([5, 2]);
  });

  test("a stop at the venue stays with what is kept", () => {
    const desk = aRiskDesk({ arming: "guard", rules: { max_contracts: { limit: 1 } } });
    elsewhere(desk, "buy", 1);
    elsewhere(desk, "sell", 1, { terms: stopAt(26_400) });
    desk.reconcile();

    elsewhere(desk, "buy", 1);

    expect(desk.position()?.qty).toBe(1);
    expect([...desk.state.openOrders.values()].map(({ terms }) => terms)).toEqual([stopAt(26_400)]);
  });

  test("three rules broken by one fill are three breaches and one flatten", () => {
    const rules = {
      max_contracts: { limit: 1 },
      max_contracts_per_instrument: { limits: { MGC: 1 } },
      daily_realized_loss: { limit: 10 },
    };
    const desk = aRiskDesk({ arming: "observe", rules });
    elsewhere(desk, "buy", 5);
    quoteAt(desk, 26_480);
    const guarded = aRiskDesk({
      arming: "guard",
      rules: { ...rules, max_contracts: { limit: 9 } },
    });
    elsewhere(guarded, "buy", 1);
    quoteAt(guarded, 26_480);

    const story = storyAfter(guarded, () => elsewhere(guarded, "sell", 3));

    expect(story.filter((line) => /^(breach|locked|buy|e\d)/u.test(line))).toEqual([
      "breach RULE-002 2 of 1",
      "breach RULE-003 24.84 of 10",
      "locked by RULE-003",
      "e1 ended",
      "buy 2 market MGC",
      "e2 ended",
    ]);
    expect([...desk.state.breaches.keys()]).toEqual([
      `${ACCOUNT}/RULE-001/MGC`,
      `${ACCOUNT}/RULE-002/MGC`,
    ]);
  });
});
