import { describe, expect, test } from "vitest";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { LockoutScope } from "#core/domain/lockout.ts";
import type { Order } from "#core/domain/order.ts";
import { lots } from "#core/domain/units.ts";
import {
  ACCOUNT,
  GOLD,
  NASDAQ,
  OPENING,
  anEntry,
  anOrder,
  limitAt,
  queueLimits,
} from "#test/kit/builders.ts";
import { aRiskDesk, quoteAt } from "#test/kit/risk-desk.ts";
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

describe("between the gate and the venue", () => {
  const rules = { daily_realized_loss: { limit: 100 } };

  test("an order that was approved before a lock is withheld after it", () => {
    const desk = aRiskDesk({ rules });
    desk.place({ qty: lots(2) });
    desk.orders = () => "lose";
    const late = desk.place({ terms: limitAt(26_400) });
    const before = desk.desk.maySend(late);
    desk.orders = () => "send";
    quoteAt(desk, 26_440);

    desk.place({ side: "sell", qty: lots(2) });
    const after = desk.desk.maySend(late);
    const reason = after ?? "";
    desk.apply({ kind: "sendWithheld", at: desk.now, clientOrderId: late, reason });

    expect([before, after]).toEqual([undefined, "accountLocked"]);
    expect(desk.order(late).status).toMatchObject({
      kind: "canceled",
      reason: "not sent: accountLocked",
    });
  });

  test("an order that waits to be released is taken out by a lock", () => {
    const queue = queueLimits({ perSecond: 1, burst: 2 });
    const desk = aRiskDesk({ rules }, { queue });
    desk.place({ qty: lots(2) });
    desk.place({ terms: limitAt(26_300) });
    const waiting = desk.place({ terms: limitAt(26_301) });
    quoteAt(desk, 26_440);

    desk.place({ side: "sell", qty: lots(2), reduceOnly: true });
    desk.advance(10_000);

    expect(desk.order(waiting).status.kind).toBe("canceled");
    expect(
      desk.commands.filter((one) => one.kind === "submitOrder" && one.clientOrderId === waiting),
    ).toEqual([]);
  });

  test("what reduces goes though the queue is full", () => {
    const queue = queueLimits({ capacity: 1, perSecond: 1, burst: 1 });
    const desk = aRiskDesk({}, { queue });
    desk.place({ qty: lots(2) });
    desk.place({ terms: limitAt(26_300) });

    const entry = desk.request(anEntry({ terms: limitAt(26_301) }));
    const exit = desk.request(anEntry({ side: "sell", qty: lots(2), reduceOnly: true }));

    expect(entry).toMatchObject({ kind: "denied", denial: { code: "queueFull" } });
    expect(exit.kind).toBe("accepted");
    expect(desk.position()?.qty).toBe(0);
  });
});
