import { describe, expect, test } from "vitest";
import type { AccountId } from "#core/domain/ids.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import { epochMs, lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, NASDAQ, OPENING, anIntent } from "#test/kit/builders.ts";
import { RiskScenario } from "#test/kit/risk-scenario.ts";
import { entryDenial } from "./entry-checks.ts";

const OTHER = "OTHER" as AccountId;

function denialOf(scenario: RiskScenario, overrides: Partial<OrderIntent> = {}) {
  return entryDenial(anIntent(overrides), scenario.gate, scenario.view);
}

const gateDenial = (code: string, limit: unknown = null, value: unknown = null) => ({
  rule: "GATE",
  code,
  limit,
  value,
});

test("an entry that nothing speaks against passes", () => {
  expect(denialOf(new RiskScenario())).toBe(undefined);
});

describe("the state of the desk", () => {
  test("no entry while the journal cannot be written", () => {
    const scenario = new RiskScenario();
    scenario.note({ kind: "journalWritableChanged", writable: false, reason: "disk full" });

    expect(denialOf(scenario)).toEqual(gateDenial("journalNotWritable"));
  });

  test.each([
    ["reducing", "tradingReducing"],
    ["halted", "tradingHalted"],
  ] as const)("no entry while the desk is %s", (state, code) => {
    const scope = { kind: "desk" } as const;
    const scenario = new RiskScenario();
    scenario.note({ kind: "tradingStateChanged", scope, state, reason: "" });

    expect(denialOf(scenario)).toEqual(gateDenial(code, null, "desk"));
  });

  test.each([
    ["reducing", "tradingReducing"],
    ["halted", "tradingHalted"],
  ] as const)("no entry while the account is %s", (state, code) => {
    const scope = { kind: "account", accountId: ACCOUNT } as const;
    const scenario = new RiskScenario();
    scenario.note({ kind: "tradingStateChanged", scope, state, reason: "" });

    expect(denialOf(scenario)).toEqual(gateDenial(code, null, ACCOUNT));
  });

  test("no entry until the venue's truth is known, nor for an account that is not configured", () => {
    const scenario = new RiskScenario();
    const notReady = { accountId: ACCOUNT, ready: false, asOf: OPENING, reason: "link down" };
    scenario.note({ kind: "accountReadyChanged", ...notReady });

    expect(denialOf(scenario)).toEqual(
      gateDenial("accountNotReady", null, `${ACCOUNT}: link down`),
    );
    expect(denialOf(scenario, { accountId: OTHER })).toEqual(
      gateDenial("accountNotReady", null, OTHER),
    );
  });
});

describe("lockouts and close-downs", () => {
  const aLockout = (overrides: Partial<Lockout> = {}): Lockout => ({
    lockoutId: "L1",
    accountId: ACCOUNT,
    scope: { kind: "account" },
    rule: "RULE-003",
    kind: "hard",
    reason: "",
    startedAt: OPENING,
    until: epochMs(OPENING + 1_000),
    ...overrides,
  });
  const locked = (...lockouts: readonly Partial<Lockout>[]) =>
    new RiskScenario().note(
      ...lockouts.map((one) => ({ kind: "accountLocked", lockout: aLockout(one) }) as const),
    );
  const denial = (rule: string, limit: number | null, value: string) => ({
    rule,
    code: "accountLocked",
    limit,
    value,
  });

  test("a locked account takes no entry, and the denial says by which rule until when", () => {
    expect(denialOf(locked({}))).toEqual(denial("RULE-003", OPENING + 1_000, "L1"));
    expect(denialOf(locked({ rule: "safeMode", until: null }))).toEqual(denial("GATE", null, "L1"));
    expect(denialOf(locked({ accountId: OTHER }))).toBe(undefined);
  });

  test("a lockout past its time holds until its end is a fact", () => {
    const scenario = locked({});
    scenario.view.now = epochMs(OPENING + 2_000);

    expect(denialOf(scenario)).toEqual(denial("RULE-003", OPENING + 1_000, "L1"));

    scenario.note({ kind: "lockoutEnded", lockoutId: "L1", at: scenario.view.now, by: "time" });

    expect(denialOf(scenario)).toBe(undefined);
  });

  test("of several the one that ends last is named", () => {
    const soon = { lockoutId: "soon", until: epochMs(OPENING + 1) };
    const late = { lockoutId: "late", until: epochMs(OPENING + 9) };
    const never = { lockoutId: "never", rule: "person", until: null } as const;

    expect(denialOf(locked(soon, late))).toEqual(denial("RULE-003", OPENING + 9, "late"));
    expect(denialOf(locked(late, soon))).toEqual(denial("RULE-003", OPENING + 9, "late"));
    expect(denialOf(locked(late, never, soon))).toEqual(denial("GATE", null, "never"));
  });

  test("a lockout of one instrument leaves the others", () => {
    const scenario = locked({ scope: { kind: "instrument", instrument: NASDAQ.id } });

    expect(denialOf(scenario)).toBe(undefined);
    expect(denialOf(scenario, { instrument: NASDAQ.id })).toEqual(
      denial("RULE-003", OPENING + 1_000, "L1"),
    );
  });

  test.each([
    [null, GOLD.id, true],
    [GOLD.id, GOLD.id, true],
    [NASDAQ.id, GOLD.id, false],
  ])("while %s is being closed, an entry in %s is denied: %s", (closing, instrument, isDenied) => {
    const scenario = new RiskScenario().note({
      kind: "enforcementChanged",
      enforcement: {
        enforcementId: "e1",
        accountId: ACCOUNT,
        instrument: closing,
        keepQty: lots(0),
        cause: "person",
        stage: "close",
        startedAt: OPENING,
        attempts: 0,
        nextAttemptAt: OPENING,
      },
    });

    expect(denialOf(scenario, { instrument })).toEqual(
      isDenied ? gateDenial("flattenRunning", null, "e1") : undefined,
    );
    expect(entryDenial(anIntent({ accountId: OTHER }), scenario.gate, scenario.view)?.code).toBe(
      "accountNotReady",
    );
  });
});
