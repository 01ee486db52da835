import { describe, expect, test } from "vitest";
import type { ClientOrderId } from "#core/domain/ids.ts";
import type { Order } from "#core/domain/order.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, aBracket, limitAt, stopAt } from "#test/kit/builders.ts";
import { aRiskDesk, quoteAt } from "#test/kit/risk-desk.ts";
import type { TestDesk } from "#test/kit/test-desk.ts";

const GRACE = { no_stop_loss_grace: { grace: "10s", onBreach: "close" } };

describe("a stop that is moved", () => {
  test.each([
    {
      side: "buy",
      to: 26_502,
      reason: "a stop to sell must be below the market at 2650.1, found 2650.2",
    },
    {
      side: "sell",
      to: 26_499,
      reason: "a stop to buy must be above the market at 2650.1, found 2649.9",
    },
  ] as const)("to where the market of a $side is, is refused", ({ side, to, reason }) => {
    const desk = protectedDesk({ side });
    const stop = legOf(desk, "stopLoss");

    const facts = desk.factsOf(() => modify(desk, stop, { terms: stopAt(to) }));

    const hint = "; to leave now, say keel close PRACTICE-1 MGC";
    expect(facts).toMatchObject([{ result: { kind: "impossible", reason: `${reason}${hint}` } }]);
  });

  test("to the side where it protects is moved", () => {
    const desk = protectedDesk();
    const stop = legOf(desk, "stopLoss");

    expect(modify(desk, stop, { terms: stopAt(26_500) })).toMatchObject({ note: null });
    expect(desk.order(stop.clientOrderId).terms).toEqual(stopAt(26_500));
  });

  test("is compared with the touch it would close at before there was a trade", () => {
    const desk = aRiskDesk();
    desk.place({ bracket: aBracket(20, null) });
    const stop = legOf(desk, "stopLoss");
    quoteAt(desk, 26_495);

    const result = modify(desk, stop, { terms: stopAt(26_495) });

    expect(result).toMatchObject({ kind: "impossible" });
  });
});

describe("the size of a leg", () => {
  test("follows the position, which is all there is to say where nothing else changes", () => {
    const desk = protectedDesk();
    const stop = legOf(desk, "stopLoss");

    expect(modify(desk, stop, { qty: lots(1) })).toEqual({
      kind: "impossible",
      reason:
        "the size of a leg follows the position, so it stays at 2 lots; keel close PRACTICE-1 MGC with lots closes a part",
    });
  });

  test("is told of beside a price that is changed", () => {
    const desk = protectedDesk();
    const target = legOf(desk, "takeProfit");

    const result = modify(desk, target, { qty: lots(1), terms: limitAt(26_530) });

    const note = "the size of a leg follows the position, so it stays at 2 lots";
    expect(result).toMatchObject({ kind: "accepted", note });
  });
});

describe("a stop that is canceled", () => {
  test.each<[string, Readonly<Record<string, PlainData>>, string]>([
    ["closes it", GRACE, ": unless another works within 10 s, RULE-008 closes it"],
    [
      "only tells",
      { no_stop_loss_grace: { grace: "10s", onBreach: "alert" } },
      ": RULE-008 tells of it after 10 s, and closes nothing",
    ],
    ["is not there", {}, ", and no rule closes it"],
  ])("leaves a position, and the answer says that the rule %s", (_what, rules, follows) => {
    const desk = protectedDesk({ rules });

    const result = cancel(desk, legOf(desk, "stopLoss").clientOrderId);

    const note = `the position in MGC has no full stop then${follows}`;
    expect(result).toMatchObject({ kind: "accepted", note });
  });

  test("is no loss where the other stops are enough, and neither is a target", () => {
    const desk = protectedDesk();
    desk.place({ side: "sell", reduceOnly: true, qty: lots(2), terms: stopAt(26_470) });
    const [stop, target] = [legOf(desk, "stopLoss"), legOf(desk, "takeProfit")];

    const results = [target, stop].map(({ clientOrderId }) => cancel(desk, clientOrderId));

    expect(results).toMatchObject([{ note: null }, { note: null }]);
  });
});

describe("a halt that ends", () => {
  const scope = { kind: "account", accountId: ACCOUNT } as const;
  const note =
    "PRACTICE-1 stays locked until 2026-03-11 22:00:00 UTC (RULE-003), which nobody can shorten";

  test.each([scope, { kind: "desk" }] as const)(
    "of $kind leaves the lockout, and says so",
    (of) => {
      const desk = lockedDesk();

      const result = desk.request({ kind: "setTradingState", scope: of, state: "active" });

      expect(result).toEqual({ kind: "accepted", clientOrderIds: [], note });
    },
  );

  test("has nothing to add while it begins, and nothing once the lockout has ended", () => {
    const desk = lockedDesk();

    const begins = desk.request({ kind: "setTradingState", scope, state: "halted" });
    desk.advance(7 * 3_600_000);
    const ends = desk.request({ kind: "setTradingState", scope, state: "active" });

    expect([begins, ends]).toMatchObject([{ note: null }, { note: null }]);
  });
});

/** Two lots between a stop and a target, in a market that last traded at 2650.1. */
function protectedDesk({
  side = "buy",
  rules = GRACE,
}: {
  readonly side?: "buy" | "sell";
  readonly rules?: Readonly<Record<string, PlainData>>;
} = {}): TestDesk {
  const desk = aRiskDesk({ rules });
  desk.place({ side, qty: lots(2), bracket: aBracket() });
  desk.trade(26_501);
  return desk;
}

function lockedDesk(): TestDesk {
  const desk = aRiskDesk({ rules: { daily_realized_loss: { limit: 1 } } });
  desk.place();
  quoteAt(desk, 26_400);
  desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null });
  return desk;
}

function legOf(desk: TestDesk, purpose: Order["purpose"]): Order {
  const leg = [...desk.state.openOrders.values()].find((order) => order.purpose === purpose);
  if (leg === undefined) throw new Error(`Expected a ${purpose}, found none`);
  return leg;
}

function modify(desk: TestDesk, { clientOrderId, qty, terms }: Order, to: Partial<Order>) {
  return desk.request({ kind: "modify", clientOrderId, qty, terms, ...to });
}

function cancel(desk: TestDesk, clientOrderId: ClientOrderId) {
  return desk.request({ kind: "cancel", clientOrderId });
}
