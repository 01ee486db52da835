import { expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import { anAccountConfig, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

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
