import { expect, test } from "vitest";
import type { AccountConfig } from "#core/desk/config.ts";
import { lots } from "#core/domain/units.ts";
import { anAccountConfig, limitAt, stopAt } from "#test/kit/builders.ts";
import { RiskScenario } from "#test/kit/risk-scenario.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { changeDenial } from "./gate.ts";

const limits = { maxOrderSize: 4, priceCollarTicks: 50 };
const rules = { max_contracts: { limit: 3 } };

/** A desk with two lots working to buy ten ticks below the market. */
function aDeskWithAnEntry() {
  const desk = new TestDesk({ session: { accounts: [anAccountConfig({ limits, rules })] } });
  const clientOrderId = desk.place({ qty: lots(2), terms: limitAt(26_490) });
  desk.advance(1_000);
  const modify = (qty: number, price: number) =>
    desk.request({ kind: "modify", clientOrderId, qty: lots(qty), terms: limitAt(price) });
  return { desk, clientOrderId, modify };
}

test.each([
  ["fewer lots", 1, 26_490, undefined],
  ["a price within the collar", 2, 26_451, undefined],
  ["as many lots as the rule allows", 3, 26_490, undefined],
  ["a price beyond the collar", 2, 26_450, "priceOutsideCollar"],
  ["more lots than the rule allows", 4, 26_490, "maxContractsExceeded"],
  ["more lots than one order may have", 5, 26_490, "orderSizeExceeded"],
])("a working entry changes to %s only if an entry could", (_what, qty, price, code) => {
  const { modify } = aDeskWithAnEntry();

  const result = modify(qty, price);

  expect(result.kind === "denied" ? result.denial.code : undefined).toBe(code);
});

test("a working entry does not change while the desk is halted", () => {
  const { desk, modify } = aDeskWithAnEntry();
  desk.orders = () => "lose";
  desk.request({ kind: "setTradingState", scope: { kind: "desk" }, state: "reducing" });

  const result = modify(1, 26_490);

  expect(result).toMatchObject({ kind: "impossible" });
});

/** A change of a stop, placed elsewhere, under two lots that are held. */
function stopChange(arming: AccountConfig["arming"], qty: number, reduceOnly = false) {
  const scenario = new RiskScenario({ arming }).holds(2);
  const source = { kind: "external" } as const;
  const terms = stopAt(26_400);
  const stop = scenario.works({ source, side: "sell", qty: lots(2), terms, reduceOnly });
  const to = { qty: lots(qty), terms: stopAt(26_410) };
  const denial = changeDenial(stop, to, scenario.gate, scenario.view);
  if (denial?.code === "notArmed") expect(denial.value).toBe(arming);
  return denial?.code;
}

test.each([
  ["trade", 2, undefined],
  ["guard", 2, undefined],
  ["guard", 1, undefined],
  ["guard", 3, "notArmed"],
  ["observe", 2, "notArmed"],
] as const)("armed to %s, a stop that guards changes to %i lots: %s", (arming, qty, code) => {
  expect(stopChange(arming, qty)).toBe(code);
});

test("what only reduces changes within the position, unless nothing is sent at all", () => {
  expect(stopChange("guard", 1, true)).toBe(undefined);
  expect(stopChange("guard", 2, true)).toBe(undefined);
  expect(stopChange("observe", 1, true)).toBe("notArmed");
});

test("a working entry obeys what entries obey", () => {
  const scenario = new RiskScenario({ limits: { maxOrderSize: 4 } });
  const entry = scenario.works({ qty: lots(2), terms: limitAt(26_400) });
  const change = (qty: number) =>
    changeDenial(entry, { qty: lots(qty), terms: entry.terms }, scenario.gate, scenario.view);
  const denial = (code: string, limit: number | null = null, value: number | null = null) => ({
    rule: "GATE",
    code,
    limit,
    value,
  });

  expect(change(4)).toBe(undefined);
  expect(change(5)).toEqual(denial("orderSizeExceeded", 4, 5));

  scenario.note({ kind: "journalWritableChanged", writable: false, reason: "" });

  expect(change(1)).toEqual(denial("journalNotWritable"));
});

test("an entry placed elsewhere stays as it is while the account is guarded", () => {
  const scenario = new RiskScenario({ arming: "guard" });
  const entry = scenario.works({ terms: limitAt(26_400) });
  const to = { qty: lots(1), terms: limitAt(26_410) };

  expect(changeDenial(entry, to, scenario.gate, scenario.view)).toEqual({
    rule: "GATE",
    code: "notArmed",
    limit: null,
    value: "guard",
  });
  expect(changeDenial(entry, to, undefined, scenario.view)).toEqual({
    rule: "GATE",
    code: "accountUnknown",
    limit: null,
    value: entry.accountId,
  });
});

test("an exit does not grow beyond the position", () => {
  const scenario = new RiskScenario().holds(3);
  const terms = limitAt(26_600);
  const exit = scenario.works({ side: "sell", qty: lots(1), terms, reduceOnly: true });
  const change = (qty: number) =>
    changeDenial(exit, { qty: lots(qty), terms }, scenario.gate, scenario.view)?.code;

  expect([change(3), change(4)]).toEqual([undefined, "reduceOnlyWouldIncrease"]);
});

test("the whole of a changed entry obeys the limit of one order's worth", () => {
  const desk = new TestDesk({
    session: { accounts: [anAccountConfig({ limits: { maxNotional: 60_000 } })] },
  });
  const clientOrderId = desk.place({ qty: lots(1), terms: limitAt(26_490) });
  desk.advance(1_000);
  const modify = (qty: number) =>
    desk.request({ kind: "modify", clientOrderId, qty: lots(qty), terms: limitAt(26_490) });

  const results = [modify(2), modify(3)];

  expect(results).toMatchObject([
    { kind: "accepted" },
    { kind: "denied", denial: { code: "notionalExceeded" } },
  ]);
});

test("an entry is not moved into another one of its owner", () => {
  const { desk, modify } = aDeskWithAnEntry();
  desk.place({ side: "sell", qty: lots(1), terms: limitAt(26_510) });
  desk.advance(1_000);

  const result = modify(2, 26_510);

  expect(result).toMatchObject({ kind: "denied", denial: { code: "selfMatch" } });
});

test("an order asked to grow stays open until the venue has said whether it did", () => {
  const { desk, clientOrderId, modify } = aDeskWithAnEntry();
  desk.answers = (event) =>
    event.kind === "orderReported" && event.report.kind === "modified" ? "lose" : "tell";
  modify(3, 26_490);
  desk.trade(26_489, { qty: 2 });
  desk.advance(100);

  const half = desk.order(clientOrderId);

  expect(half).toMatchObject({ filledQty: 2, status: { kind: "working" } });
  expect(desk.state.openOrders.has(clientOrderId)).toBe(true);
});
