import { describe, expect, test } from "vitest";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { LockoutScope } from "#core/domain/lockout.ts";
import type { Order } from "#core/domain/order.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, NASDAQ, OPENING, anOrder } from "#test/kit/builders.ts";
import { RiskScenario } from "#test/kit/risk-scenario.ts";
import { sendDenial } from "./gate.ts";

const OTHER = "OTHER" as AccountId;
const SENT: Partial<Order> = { status: { kind: "inFlight", since: OPENING } };
const DESK = { kind: "desk" } as const;
const OURS = { kind: "account", accountId: ACCOUNT } as const;

const codeOf = (scenario: RiskScenario, overrides: Partial<Order> = {}) =>
  sendDenial(anOrder({ ...SENT, ...overrides }), scenario.view);

const locked = (scope: LockoutScope, accountId = ACCOUNT) =>
  new RiskScenario().note({
    kind: "accountLocked",
    lockout: {
      lockoutId: "L1",
      accountId,
      scope,
      rule: "RULE-003",
      kind: "hard",
      reason: "",
      startedAt: OPENING,
      until: null,
    },
  });

const closing = (instrument: InstrumentId | null) =>
  new RiskScenario().note({
    kind: "enforcementChanged",
    enforcement: {
      enforcementId: "e1",
      accountId: ACCOUNT,
      instrument,
      keepQty: lots(0),
      cause: "RULE-001",
      stage: "close",
      startedAt: OPENING,
      attempts: 0,
      nextAttemptAt: OPENING,
    },
  });

describe("an approved entry, asked about again before it is written", () => {
  test("goes when nothing has happened since", () => {
    expect(codeOf(new RiskScenario())).toBe(undefined);
  });

  test("stays when the journal cannot be written", () => {
    const scenario = new RiskScenario();
    scenario.note({ kind: "journalWritableChanged", writable: false, reason: "" });

    expect(codeOf(scenario)).toBe("journalNotWritable");
  });

  test.each([
    [DESK, "halted", "tradingHalted"],
    [DESK, "reducing", "tradingReducing"],
    [OURS, "halted", "tradingHalted"],
    [OURS, "reducing", "tradingReducing"],
    [OURS, "active", undefined],
  ] as const)("with %j %s: %s", (scope, state, code) => {
    const scenario = new RiskScenario();
    scenario.note({ kind: "tradingStateChanged", scope, state, reason: "" });

    expect(codeOf(scenario)).toBe(code);
  });

  test("stays when the link was lost meanwhile, or the account is not ours", () => {
    const scenario = new RiskScenario();
    const lost = { accountId: ACCOUNT, ready: false, asOf: OPENING, reason: "" };
    scenario.note({ kind: "accountReadyChanged", ...lost });

    expect(codeOf(scenario)).toBe("accountNotReady");
    expect(codeOf(new RiskScenario(), { accountId: OTHER })).toBe("accountNotReady");
  });

  test("stays when its account or instrument was locked meanwhile", () => {
    const gold: LockoutScope = { kind: "instrument", instrument: GOLD.id };

    expect(codeOf(locked({ kind: "account" }))).toBe("accountLocked");
    expect(codeOf(locked(gold))).toBe("accountLocked");
    expect(codeOf(locked(gold), { instrument: NASDAQ.id })).toBe(undefined);
    expect(codeOf(locked({ kind: "account" }, OTHER))).toBe(undefined);
  });

  test("stays while what it would add to is being closed", () => {
    expect(codeOf(closing(null))).toBe("flattenRunning");
    expect(codeOf(closing(GOLD.id))).toBe("flattenRunning");
    expect(codeOf(closing(NASDAQ.id))).toBe(undefined);
  });
});

test("an order that reduces always goes", () => {
  const scenario = locked({ kind: "account" }).note(
    { kind: "journalWritableChanged", writable: false, reason: "" },
    { kind: "tradingStateChanged", scope: DESK, state: "halted", reason: "" },
    { kind: "accountReadyChanged", accountId: ACCOUNT, ready: false, asOf: OPENING, reason: "" },
  );

  expect(codeOf(scenario, { reduceOnly: true })).toBe(undefined);
});
