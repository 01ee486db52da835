import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccountConfig } from "#core/desk/config.ts";
import type { Fact } from "#core/desk/fact.ts";
import { type AccountId, type InstrumentId, clientOrderId } from "#core/domain/ids.ts";
import { InvariantError } from "#core/domain/invariant.ts";
import type { Order, OrderIntent } from "#core/domain/order.ts";
import { type Lots, epochMs, lots } from "#core/domain/units.ts";
import { OrderQueue } from "#core/orders/queue.ts";
import {
  ACCOUNT,
  GOLD,
  NASDAQ,
  OPENING,
  aBracket,
  anIntent,
  anOrder,
  limitAt,
  stopAt,
} from "#test/kit/builders.ts";
import { RiskScenario } from "#test/kit/risk-scenario.ts";
import { type Approved, decideIntent, denialOf, isApproved } from "./gate.ts";

const STAMP = { clientOrderId: clientOrderId("k1-7"), queueUntil: epochMs(OPENING + 5_000) };
const NIGHT = epochMs(Date.UTC(2026, 2, 11, 21));

const verdictOf = (scenario: RiskScenario, overrides: Partial<OrderIntent> = {}) =>
  decideIntent(anIntent(overrides), scenario.gate, scenario.view, STAMP);

const codeOf = (scenario: RiskScenario, overrides: Partial<OrderIntent> = {}) =>
  denialOf(anIntent(overrides), scenario.gate, scenario.view)?.code;

const gateDenial = (code: string, limit: unknown = null, value: unknown = null) => ({
  rule: "GATE",
  code,
  limit,
  value,
});

describe("what no order may lack", () => {
  test("an account and an instrument that are configured", () => {
    const { gate, view } = new RiskScenario();
    const unknown = anIntent({ instrument: "CL" as InstrumentId });

    expect(denialOf(anIntent(), undefined, view)).toEqual(
      gateDenial("accountUnknown", null, ACCOUNT),
    );
    expect(denialOf(unknown, gate, view)).toEqual(gateDenial("instrumentUnknown", null, "CL"));
  });

  test.each([0, -1, 1.5])("a quantity of whole lots, not %s", (qty) => {
    expect(verdictOf(new RiskScenario(), { qty: qty as Lots })).toEqual({
      kind: "denied",
      denial: gateDenial("qtyMustBePositive", 1, qty),
    });
  });
});

describe("the verdict", () => {
  test("an approved order is the intent, stamped", () => {
    const verdict = verdictOf(new RiskScenario(), { qty: lots(2), bracket: aBracket() });

    expect(verdict).toMatchObject({
      kind: "approved",
      approved: {
        order: {
          ...anIntent({ qty: lots(2), bracket: aBracket() }),
          ...STAMP,
          venueOrderId: null,
          approvedAt: OPENING,
          status: { kind: "queued" },
          change: null,
          filledQty: 0,
          venueFilledQty: 0,
        },
      },
    });
  });

  test("asking decides nothing: the caller reserves by what it emits", () => {
    const scenario = new RiskScenario();

    verdictOf(scenario);

    expect(verdictOf(scenario).kind).toBe("approved");
    expect(scenario.state.openOrders.size).toBe(0);
  });

  test("rules are asked after the checks of every account, in the order of the catalogue", () => {
    const rules = {
      no_stop_loss_grace: { requireStopOnEntry: "reject" },
      daily_realized_loss: { limit: 100 },
      max_contracts_per_instrument: { limits: { MGC: 2 } },
      max_contracts: { limit: 1 },
    };
    const scenario = new RiskScenario({ rules, limits: { maxOrderSize: 5 } }).loses(100);

    expect(codeOf(scenario, { qty: lots(6) })).toBe("orderSizeExceeded");
    expect(codeOf(scenario, { qty: lots(3) })).toBe("maxContractsExceeded");
    expect(codeOf(scenario)).toBe("dailyLossReached");
    expect(codeOf(scenario, { bracket: aBracket() })).toBe("dailyLossReached");
  });

  test("each rule has its say", () => {
    const perInstrument = { max_contracts_per_instrument: { limits: { MGC: 2 } } };
    const stops = { no_stop_loss_grace: { requireStopOnEntry: "reject" } };

    expect(codeOf(new RiskScenario({ rules: perInstrument }), { qty: lots(3) })).toBe(
      "maxContractsPerInstrumentExceeded",
    );
    expect(codeOf(new RiskScenario({ rules: stops }))).toBe("stopRequired");
    expect(codeOf(new RiskScenario({ rules: stops }), { bracket: aBracket() })).toBe(undefined);
  });
});

describe("arming", () => {
  const armed = (arming: AccountConfig["arming"]) => new RiskScenario({ arming }).holds(2);

  test.each([
    ["observe", {}, gateDenial("notArmed", null, "observe")],
    ["observe", { side: "sell" }, gateDenial("notArmed", null, "observe")],
    ["guard", {}, gateDenial("notArmed", null, "guard")],
    ["guard", { side: "sell", qty: lots(3) }, gateDenial("notArmed", null, "guard")],
    ["guard", { side: "sell", qty: lots(2) }, undefined],
    ["guard", { side: "sell", terms: stopAt(26_400), qty: lots(2) }, undefined],
    ["trade", {}, undefined],
    ["trade", { side: "sell", qty: lots(3) }, undefined],
  ] as const)("%s and an order with %j", (arming, overrides, expected) => {
    const scenario = armed(arming);

    expect(denialOf(anIntent(overrides), scenario.gate, scenario.view)).toEqual(expected);
  });
});

describe("orders that only reduce", () => {
  const RULES = {
    max_contracts: { limit: 0 },
    max_contracts_per_instrument: {},
    daily_realized_loss: { limit: 1 },
    no_stop_loss_grace: { requireStopOnEntry: "reject" },
  };
  const LIMITS = {
    instruments: [],
    maxOrderSize: 1,
    maxNotional: 1,
    priceCollarTicks: 1,
    maxOpenPositions: 1,
    maxOpenOrders: 1,
    staleAfter: "1s",
    messageBudget: { limit: 2, reserve: 1 },
  };
  const scope = { kind: "desk" } as const;
  const account = { kind: "account", accountId: ACCOUNT } as const;
  const everything: readonly Fact[] = [
    { kind: "journalWritableChanged", writable: false, reason: "" },
    { kind: "tradingStateChanged", scope, state: "halted", reason: "" },
    { kind: "tradingStateChanged", scope: account, state: "halted", reason: "" },
    { kind: "accountReadyChanged", accountId: ACCOUNT, ready: false, asOf: OPENING, reason: "" },
    {
      kind: "accountLocked",
      lockout: {
        lockoutId: "L1",
        accountId: ACCOUNT,
        scope: { kind: "account" },
        rule: "RULE-003",
        kind: "hard",
        reason: "",
        startedAt: OPENING,
        until: null,
      },
    },
  ];

  test.each(["guard", "trade"] as const)(
    "pass whatever holds entries back, armed to %s",
    (arming) => {
      const scenario = new RiskScenario({ arming, rules: RULES, limits: LIMITS });
      scenario
        .loses(5)
        .holds(3)
        .holds(1, NASDAQ.id)
        .note(...everything);
      const { clientOrderId: id } = scenario.works({ instrument: NASDAQ.id });
      for (const kind of ["orderSubmitted", "cancelRequested"] as const)
        scenario.note({ kind, clientOrderId: id, at: NIGHT });
      scenario.view.now = NIGHT;

      const exit = verdictOf(scenario, { side: "sell", qty: lots(3) });
      const target = verdictOf(scenario, { side: "sell", qty: lots(3), terms: limitAt(99_999) });

      expect(exit).toMatchObject({ kind: "approved", approved: { order: { reduceOnly: true } } });
      expect(target.kind).toBe("approved");
      expect(verdictOf(scenario, { qty: lots(1) }).kind).toBe("denied");
    },
  );

  test.each([
    ["more than is held", { side: "sell", qty: lots(3) }, 2],
    ["the same side", { side: "buy", qty: lots(1) }, 0],
    ["another instrument", { side: "sell", instrument: NASDAQ.id }, 0],
  ] as const)("may not grow a position: %s", (_what, overrides, limit) => {
    const intent = anIntent({ purpose: "exit", reduceOnly: true, ...overrides });
    const scenario = new RiskScenario().holds(2);

    expect(denialOf(intent, scenario.gate, scenario.view)).toEqual(
      gateDenial(
        "reduceOnlyWouldIncrease",
        limit,
        `${ACCOUNT}/${intent.instrument}: ${intent.qty}`,
      ),
    );
  });

  test("may close a short position by buying", () => {
    const scenario = new RiskScenario({ arming: "guard" }).holds(-2);

    expect(codeOf(scenario, { side: "buy", qty: lots(2) })).toBe(undefined);
    expect(codeOf(scenario, { side: "buy", qty: lots(3) })).toBe("notArmed");
    expect(codeOf(scenario, { side: "sell" })).toBe("notArmed");
  });

  test("share a position: what one exit takes is not there for the next", () => {
    const scenario = new RiskScenario({ arming: "guard" }).holds(3);
    scenario.works({ side: "sell", qty: lots(2), reduceOnly: true, purpose: "exit" });

    expect(codeOf(scenario, { side: "sell", qty: lots(1) })).toBe(undefined);
    expect(codeOf(scenario, { side: "sell", qty: lots(2) })).toBe("notArmed");
  });

  test("a leg may cover the whole position beside exits on their way", () => {
    const scenario = new RiskScenario().holds(2);
    const leg = { side: "sell", reduceOnly: true, parent: clientOrderId("k1-1") } as const;
    scenario.works({ side: "sell", qty: lots(2), reduceOnly: true, purpose: "riskClose" });

    expect(codeOf(scenario, { ...leg, purpose: "stopLoss", qty: lots(2) })).toBe(undefined);
    expect(codeOf(scenario, { ...leg, purpose: "takeProfit", qty: lots(3) })).toBe(
      "reduceOnlyWouldIncrease",
    );
  });

  test("an order that reduces is reduce-only whether or not it was asked to be", () => {
    const scenario = new RiskScenario().holds(2);

    const [exit, flip] = [2, 3].map((qty) => verdictOf(scenario, { side: "sell", qty: lots(qty) }));

    expect(exit).toMatchObject({ approved: { order: { reduceOnly: true } } });
    expect(flip).toMatchObject({ approved: { order: { reduceOnly: false } } });
  });
});

describe("the seal", () => {
  function approvedOf(scenario: RiskScenario): Approved {
    const verdict = verdictOf(scenario);
    if (verdict.kind === "denied") throw new Error(verdict.denial.code);
    return verdict.approved;
  }

  test("an order that came out of the gate is taken by the queue", () => {
    const approved = approvedOf(new RiskScenario());
    const queue = new OrderQueue();

    queue.offer(approved);

    expect(isApproved(approved)).toBe(true);
    expect(queue.size).toBe(1);
  });

  test("nothing that looks like one is", () => {
    const approved = approvedOf(new RiskScenario());
    const order: Order = anOrder();
    const forgeries: unknown[] = [
      { order },
      Object.assign({}, approved),
      Object.create(approved, { order: { value: order } }),
      JSON.parse(JSON.stringify({ order: { ...order, bracket: null } })),
    ];

    for (const forgery of forgeries) {
      const queue = new OrderQueue();
      expect(isApproved(forgery as Approved)).toBe(false);
      expect(() => queue.offer(forgery as Approved)).toThrow(InvariantError);
      expect(queue.size).toBe(0);
    }
  });
});

test("exits of one kind that were admitted never exceed the position", () => {
  const exit = fc.record({
    qty: fc.integer({ min: 1, max: 4 }),
    terms: fc.constantFrom(anIntent().terms, limitAt(26_600), stopAt(26_400)),
    asked: fc.boolean(),
  });
  const held = fc.integer({ min: -5, max: 5 }).filter((qty) => qty !== 0);
  fc.assert(
    fc.property(held, fc.array(exit, { maxLength: 8 }), (qty, exits) => {
      const scenario = new RiskScenario({ arming: "guard" }).holds(qty);
      const taken = { market: 0, limit: 0, stop: 0 };
      for (const { qty: size, terms, asked } of exits) {
        const side = qty > 0 ? "sell" : "buy";
        const wanted = { side, qty: lots(size), terms, reduceOnly: asked } as const;
        const verdict = verdictOf(scenario, wanted);
        if (verdict.kind === "denied") continue;
        scenario.works({ ...wanted, reduceOnly: true, purpose: "exit" });
        taken[terms.type === "market" ? "market" : terms.type === "limit" ? "limit" : "stop"] +=
          size;
      }

      expect(taken.market).toBeLessThanOrEqual(Math.abs(qty));
      expect(taken.limit).toBeLessThanOrEqual(Math.abs(qty));
      expect(taken.stop).toBeLessThanOrEqual(Math.abs(qty));
    }),
  );
});

test("accounts do not see each other", () => {
  const other = "OTHER" as AccountId;
  const scenario = new RiskScenario().holds(2);

  expect(codeOf(scenario, { accountId: other, side: "sell", instrument: GOLD.id })).toBe(
    "notArmed",
  );
});
