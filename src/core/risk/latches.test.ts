import { expect, test } from "vitest";
import type { Lockout } from "#core/domain/lockout.ts";
import { epochMs } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, NASDAQ, OPENING } from "#test/kit/builders.ts";
import { RiskScenario } from "#test/kit/risk-scenario.ts";
import { closeDownOf, lockoutOn } from "./latches.ts";

const WHERE = { accountId: ACCOUNT, instrument: GOLD.id };

function locked(...untils: readonly (number | null)[]): RiskScenario {
  const lockouts = untils.map((until, index): Lockout => ({
    lockoutId: `L${index}`,
    accountId: ACCOUNT,
    scope: { kind: "account" },
    rule: "RULE-003",
    kind: "hard",
    reason: "",
    startedAt: OPENING,
    until: until === null ? null : epochMs(OPENING + until),
  }));
  return new RiskScenario().note(
    ...lockouts.map((lockout) => ({ kind: "accountLocked", lockout }) as const),
  );
}

test.each([
  [[], undefined],
  [[5], "L0"],
  [[5, 9, 7], "L1"],
  [[9, 9], "L0"],
  [[5, null, 9], "L1"],
  [[null, null], "L0"],
])("of lockouts until %j the one that ends last counts: %s", (untils, id) => {
  expect(lockoutOn(WHERE, locked(...untils).state)?.lockoutId).toBe(id);
});

test("the end of one lockout leaves another as long as it was", () => {
  const scenario = locked(5, 9);

  scenario.note({ kind: "lockoutEnded", lockoutId: "L0", at: OPENING, by: "time" });

  expect(lockoutOn(WHERE, scenario.state)).toMatchObject({ lockoutId: "L1", until: OPENING + 9 });
});

test("nothing is being closed where nothing runs", () => {
  const scenario = new RiskScenario();

  expect(closeDownOf(WHERE, scenario.state)).toBe(undefined);
  expect(closeDownOf({ ...WHERE, instrument: NASDAQ.id }, scenario.state)).toBe(undefined);
});
