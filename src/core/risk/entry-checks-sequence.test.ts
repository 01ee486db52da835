import { expect, test } from "vitest";
import { clientOrderId } from "#core/domain/ids.ts";
import { lots, epochMs } from "#core/domain/units.ts";
import { ACCOUNT, NASDAQ, OPENING, anIntent, anOrder, limitAt } from "#test/kit/builders.ts";
import { ES, RiskScenario } from "#test/kit/risk-scenario.ts";
import { entryDenial } from "./entry-checks.ts";

const NIGHT = epochMs(Date.UTC(2026, 2, 11, 21));
const INTENT = anIntent({ qty: lots(2), terms: limitAt(27_000) });

/** Limits that an intent breaks, all of them, in the order in which they are checked. */
const LIMITS = [
  ["instrumentNotAllowed", { instruments: ["ES"] }],
  ["orderSizeExceeded", { maxOrderSize: 1 }],
  ["staleMarketData", { staleAfter: "0s" }],
  ["notionalExceeded", { maxNotional: 1 }],
  ["priceOutsideCollar", { priceCollarTicks: 1 }],
  ["positionLimitExceeded", { maxOpenPositions: 1 }],
  ["openOrderLimitExceeded", { maxOpenOrders: 1 }],
  ["duplicateOrder", { duplicateWindow: "1m" }],
] as const;

/** A world in which everything that can speak against an entry does, save the first so many limits. */
function aBadWorld(limitsMet: number): RiskScenario {
  const rest = LIMITS.slice(limitsMet).map(([, limit]) => limit);
  const messageBudget = { limit: 2, reserve: 1, window: "1m" };
  const limits = Object.assign({ duplicateWindow: "0s", messageBudget }, ...rest);
  const scenario = new RiskScenario({ limits });
  scenario.works({ instrument: NASDAQ.id, status: { kind: "queued" } });
  scenario.works({ instrument: ES.id });
  scenario.works({ side: "sell", terms: limitAt(26_900) });
  const order = anOrder({ ...INTENT, requestId: null, clientOrderId: clientOrderId("k1-9") });
  scenario.note({ kind: "orderApproved", order });
  scenario.view.now = epochMs(OPENING + 10);
  return scenario;
}

test("of several reasons the first in the order of the checks is given", () => {
  const seen = [...LIMITS, undefined].map((_, met) => {
    const scenario = aBadWorld(met);
    return entryDenial(INTENT, scenario.gate, scenario.view)?.code;
  });

  expect(seen).toEqual([...LIMITS.map(([code]) => code), "selfMatch"]);
});

test("trading hours come after the size of the order, the budget comes last", () => {
  const atNight = aBadWorld(2);
  atNight.view.now = NIGHT;
  const last = aBadWorld(LIMITS.length);
  last.note({
    kind: "orderCanceled",
    clientOrderId: clientOrderId("w3"),
    at: OPENING,
    venueFilledQty: lots(0),
    reason: "",
  });

  expect(entryDenial(INTENT, atNight.gate, atNight.view)?.code).toBe("outsideTradingHours");
  expect(entryDenial(INTENT, last.gate, last.view)?.code).toBe("messageBudgetExhausted");
});

test("the state of desk, account and latches comes before every limit", () => {
  const scenario = aBadWorld(0);
  const desk = { kind: "desk" } as const;
  const account = { kind: "account", accountId: ACCOUNT } as const;
  const notReady = { accountId: ACCOUNT, ready: false, asOf: OPENING, reason: "" };
  const lockout = {
    lockoutId: "L1",
    accountId: ACCOUNT,
    scope: { kind: "account" },
    rule: "RULE-003",
    kind: "hard",
    reason: "",
    startedAt: OPENING,
    until: null,
  } as const;
  const enforcement = {
    enforcementId: "e1",
    accountId: ACCOUNT,
    instrument: null,
    keepQty: lots(0),
    cause: "RULE-003",
    stage: "close",
    startedAt: OPENING,
    attempts: 0,
    nextAttemptAt: OPENING,
  } as const;
  const seen: (string | undefined)[] = [];
  const see = () => seen.push(entryDenial(INTENT, scenario.gate, scenario.view)?.code);

  see();
  scenario.note({ kind: "enforcementChanged", enforcement });
  see();
  scenario.note({ kind: "accountLocked", lockout });
  see();
  scenario.note({ kind: "tradingStateChanged", scope: account, state: "reducing", reason: "" });
  see();
  scenario.note({ kind: "accountReadyChanged", ...notReady });
  see();
  scenario.note({ kind: "tradingStateChanged", scope: desk, state: "halted", reason: "" });
  see();
  scenario.note({ kind: "journalWritableChanged", writable: false, reason: "" });
  see();

  expect(seen).toEqual([
    "instrumentNotAllowed",
    "flattenRunning",
    "accountLocked",
    "tradingReducing",
    "accountNotReady",
    "tradingHalted",
    "journalNotWritable",
  ]);
});
