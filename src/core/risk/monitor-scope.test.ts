import { describe, expect, test } from "vitest";
import { Turn } from "#core/desk/turn.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { LockoutScope } from "#core/domain/lockout.ts";
import { lots } from "#core/domain/units.ts";
import { OrderQueue } from "#core/orders/queue.ts";
import { ACCOUNT, GOLD, MARKET, NASDAQ, OPENING, limitAt } from "#test/kit/builders.ts";
import { RiskScenario } from "#test/kit/risk-scenario.ts";
import { monitorAccount } from "./monitor.ts";

/** Looks at a state as a desk does in one event. */
function looked(scenario: RiskScenario): Turn {
  const turn = new Turn(scenario.state, scenario.market, new OrderQueue());
  turn.begin(OPENING);
  turn.gates.set(ACCOUNT, scenario.gate);
  monitorAccount(turn, ACCOUNT);
  return turn;
}

const closing = (turn: Turn) =>
  [...turn.state.enforcements.values()].map(({ instrument, cause, keepQty }) => [
    instrument,
    cause,
    keepQty,
  ]);

function locked(scope: LockoutScope): RiskScenario {
  return new RiskScenario().note({
    kind: "accountLocked",
    lockout: {
      lockoutId: "L1",
      accountId: ACCOUNT,
      scope,
      rule: "RULE-003",
      kind: "hard",
      reason: "",
      startedAt: OPENING,
      until: null,
    },
  });
}
const inGold: LockoutScope = { kind: "instrument", instrument: GOLD.id };

describe("a lock", () => {
  test.each<[LockoutScope, InstrumentId, unknown[]]>([
    [{ kind: "account" }, GOLD.id, [[null, "lockout", 0]]],
    [{ kind: "account" }, NASDAQ.id, [[null, "lockout", 0]]],
    [inGold, GOLD.id, [[GOLD.id, "lockout", 0]]],
    [inGold, NASDAQ.id, []],
  ])("of %j closes a position in %s: %j", (scope, instrument, expected) => {
    expect(closing(looked(locked(scope).holds(1, instrument)))).toEqual(expected);
  });

  test.each<[LockoutScope, InstrumentId, unknown[]]>([
    [{ kind: "account" }, NASDAQ.id, [[null, "lockout", 0]]],
    [inGold, GOLD.id, [[GOLD.id, "lockout", 0]]],
    [inGold, NASDAQ.id, []],
  ])("of %j takes away an entry in %s: %j", (scope, instrument, expected) => {
    const scenario = locked(scope);
    scenario.works({ instrument, terms: limitAt(26_400) });

    expect(closing(looked(scenario))).toEqual(expected);
  });

  test("leaves an exit alone, and an account that holds nothing", () => {
    const scenario = locked({ kind: "account" });
    scenario.works({ side: "sell", reduceOnly: true, source: { kind: "external" } });

    expect(closing(looked(scenario))).toEqual([]);
  });
});

describe("an exit where nothing is left to exit from", () => {
  const exit = { side: "sell", reduceOnly: true, purpose: "exit", terms: limitAt(26_600) } as const;
  const canceled = (turn: Turn) =>
    turn.commands.filter(({ kind }) => kind === "cancelOrder").length;

  test.each<[string, object, number, number]>([
    ["of ours that rests", {}, 0, 1],
    ["on the side that would add", {}, -2, 1],
    ["of a position that is there", {}, 2, 0],
    ["to buy a short position back", { side: "buy" }, -2, 0],
    ["from elsewhere", { source: { kind: "external" } }, 0, 0],
    ["that is being executed", { terms: MARKET }, 0, 0],
    ["that is an entry", { reduceOnly: false, purpose: "entry" }, 0, 0],
    ["that is a leg", { purpose: "takeProfit" }, 0, 0],
  ])("%s, holding %#", (_what, overrides, held, expected) => {
    const scenario = new RiskScenario().holds(held);
    scenario.works({ ...exit, ...overrides });

    expect(canceled(looked(scenario))).toBe(expected);
  });

  test("of an instrument that was never held goes as well, one that has ended does not", () => {
    const scenario = new RiskScenario();
    scenario.works({ ...exit, instrument: NASDAQ.id });
    scenario.works({
      ...exit,
      status: { kind: "canceled", at: OPENING, reason: "" },
      venueFilledQty: lots(1),
    });

    expect(canceled(looked(scenario))).toBe(1);
  });
});
