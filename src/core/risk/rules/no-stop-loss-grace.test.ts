import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSetting } from "#core/domain/settings.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, NASDAQ, OPENING, aBracket, anIntent } from "#test/kit/builders.ts";
import { RiskScenario, armed } from "#test/kit/risk-scenario.ts";
import { noStopLossGrace } from "./no-stop-loss-grace.ts";

const NOTHING = { breaches: [], warnings: [], checkAgainAt: null, askVenueAt: null };
const GRACE = { grace: "10s", onBreach: "close" };

const breach = (value: number, remedy: object, limit = 10_000) => ({
  accountId: ACCOUNT,
  rule: "RULE-008",
  code: "positionWithoutStop",
  limit,
  value,
  remedy,
});
const close = (instrument: string) => ({ kind: "closeInstrument", instrument });

/** A position that has been short of a stop since `OPENING`. */
function unprotected(instrument = GOLD.id, since = OPENING): RiskScenario {
  return new RiskScenario().holds(2, instrument).note({
    kind: "protectionChanged",
    accountId: ACCOUNT,
    instrument,
    unprotectedSince: since,
  });
}

function monitorOf(settings: unknown, scenario: RiskScenario, ms = 0) {
  scenario.view.now = epochMs(OPENING + ms);
  return armed(noStopLossGrace, settings).monitor(ACCOUNT, scenario.view);
}

describe("settings", () => {
  test("everything may be left out", () => {
    expect(readSetting(noStopLossGrace.settings, {})).toEqual({
      ok: true,
      value: {
        grace: 10_000,
        onBreach: "close",
        requireStopOnEntry: "off",
        maxStopTicks: null,
      },
    });
  });

  test.each([
    { grace: 1_000, onBreach: "close", requireStopOnEntry: "off", maxStopTicks: 1 },
    { grace: 60_000, onBreach: "alert", requireStopOnEntry: "reject", maxStopTicks: null },
  ])("%j is how it is written", (value) => {
    const written = { ...value, grace: `${value.grace}ms` };

    expect(readSetting(noStopLossGrace.settings, written)).toEqual({ ok: true, value });
  });

  test.each([
    { grace: 10 },
    { grace: "999ms" },
    { onBreach: "attach_stop" },
    { requireStopOnEntry: "warn" },
    { maxStopTicks: 0 },
    { graceSeconds: 10 },
  ])("%j is refused", (settings) => {
    expect(readSetting(noStopLossGrace.settings, settings).ok).toBe(false);
  });
});

describe("after the fact", () => {
  test("a protected position is nothing found", () => {
    expect(monitorOf(GRACE, new RiskScenario().holds(2), 60_000)).toEqual(NOTHING);
  });

  test("the grace ends at its end, not before", () => {
    expect(monitorOf(GRACE, unprotected(), 9_999).breaches).toEqual([]);
    expect(monitorOf(GRACE, unprotected(), 10_000)).toEqual({
      ...NOTHING,
      breaches: [breach(10_000, close("MGC"))],
    });
    expect(monitorOf(GRACE, unprotected(), 12_345).breaches).toEqual([
      breach(12_345, close("MGC")),
    ]);
  });

  test("until then it is looked at again at the end, and the venue asked shortly before", () => {
    expect(monitorOf(GRACE, unprotected(), 0)).toEqual({
      ...NOTHING,
      checkAgainAt: OPENING + 10_000,
      askVenueAt: OPENING + 8_000,
    });
    expect(monitorOf(GRACE, unprotected(), 7_999).askVenueAt).toBe(OPENING + 8_000);
    expect(monitorOf(GRACE, unprotected(), 8_000)).toEqual({
      ...NOTHING,
      checkAgainAt: OPENING + 10_000,
    });
  });

  test("a short grace leaves half of it for the question", () => {
    expect(monitorOf({ grace: "3001ms" }, unprotected(), 0)).toMatchObject({
      checkAgainAt: OPENING + 3_001,
      askVenueAt: OPENING + 1_501,
    });
    expect(monitorOf({ grace: "4s" }, unprotected(), 0).askVenueAt).toBe(OPENING + 2_000);
  });

  test("a position whose stops the desk itself is placing needs no question", () => {
    const whole = unprotected().brackets({ openQty: lots(2) });
    const part = unprotected().brackets({ openQty: lots(1) });

    expect(monitorOf(GRACE, whole).askVenueAt).toBe(null);
    expect(monitorOf(GRACE, whole).checkAgainAt).toBe(OPENING + 10_000);
    expect(monitorOf(GRACE, part).askVenueAt).toBe(OPENING + 8_000);
  });

  test("each position has its own grace, and the first to end is waited for", () => {
    const scenario = unprotected()
      .holds(1, NASDAQ.id)
      .note({
        kind: "protectionChanged",
        accountId: ACCOUNT,
        instrument: NASDAQ.id,
        unprotectedSince: epochMs(OPENING - 4_000),
      });

    expect(monitorOf(GRACE, scenario, 0)).toMatchObject({
      breaches: [],
      checkAgainAt: OPENING + 6_000,
      askVenueAt: OPENING + 4_000,
    });
    expect(monitorOf(GRACE, scenario, 6_000)).toMatchObject({
      breaches: [breach(10_000, close("MNQ"))],
      checkAgainAt: OPENING + 10_000,
    });
    expect(monitorOf(GRACE, scenario, 10_000).breaches).toEqual([
      breach(10_000, close("MGC")),
      breach(14_000, close("MNQ")),
    ]);
  });

  test("a position that is flat again is no breach, whatever was noted", () => {
    expect(monitorOf(GRACE, unprotected().holds(0), 60_000)).toEqual(NOTHING);
  });

  test("alert only tells", () => {
    expect(monitorOf({ grace: "10s", onBreach: "alert" }, unprotected(), 10_000).breaches).toEqual([
      breach(10_000, { kind: "alert" }),
    ]);
  });

  test("used is the time of the position that has been unprotected longest", () => {
    const scenario = unprotected()
      .holds(1, NASDAQ.id)
      .note({
        kind: "protectionChanged",
        accountId: ACCOUNT,
        instrument: NASDAQ.id,
        unprotectedSince: epochMs(OPENING - 500),
      });
    scenario.view.now = epochMs(OPENING + 1_000);
    const rule = armed(noStopLossGrace, GRACE);
    const used = {
      rule: "RULE-008",
      title: "No position without a stop",
      unit: "duration",
      limit: 10_000,
    };

    expect(rule.used(ACCOUNT, scenario.view)).toEqual({ ...used, used: 1_500 });
    expect(rule.used(ACCOUNT, new RiskScenario().holds(2).view)).toEqual({ ...used, used: 0 });
  });
});

describe("before the order", () => {
  const checkOf = (settings: unknown, stop: number | null) => {
    const bracket = stop === null ? null : aBracket(stop);
    return armed(noStopLossGrace, settings).check(anIntent({ bracket }), new RiskScenario().view);
  };

  test("a stop is asked for only where it is required", () => {
    expect(checkOf({}, null)).toBe(undefined);
    expect(checkOf({ maxStopTicks: 5 }, null)).toBe(undefined);
    expect(checkOf({ requireStopOnEntry: "reject" }, 10)).toBe(undefined);
    expect(checkOf({ requireStopOnEntry: "reject" }, null)).toEqual({
      rule: "RULE-008",
      code: "stopRequired",
      limit: null,
      value: null,
    });
  });

  test.each([
    [49, undefined],
    [50, undefined],
    [51, { rule: "RULE-008", code: "stopTooFar", limit: 50, value: 51 }],
  ])("a stop %i ticks away where 50 are allowed", (stop, expected) => {
    expect(checkOf({ maxStopTicks: 50 }, stop)).toEqual(expected);
    expect(checkOf({}, stop)).toBe(undefined);
  });
});

test("it is broken exactly when the stops that work cover too little for longer than the grace", () => {
  const stop = fc.record({
    qty: fc.integer({ min: 1, max: 3 }),
    side: fc.constantFrom("buy" as const, "sell" as const),
    type: fc.constantFrom("stop" as const, "limit" as const),
  });
  const held = fc.integer({ min: -4, max: 4 });
  fc.assert(
    fc.property(held, fc.array(stop, { maxLength: 4 }), fc.nat(20_000), (qty, stops, ms) => {
      const scenario = new RiskScenario().holds(qty);
      let covered = 0;
      for (const { side, type, qty: size } of stops) {
        const terms =
          type === "stop"
            ? ({ type, stopPrice: ticks(26_400) } as const)
            : ({ type, limitPrice: ticks(26_400) } as const);
        scenario.works({ side, qty: lots(size), terms, reduceOnly: true });
        if (type === "stop" && (side === "sell") === qty > 0) covered += size;
      }
      const [position] = scenario.view.openPositions(ACCOUNT);
      const isShort =
        position !== undefined && scenario.view.stopCover(position) < Math.abs(position.qty);
      scenario.note({
        kind: "protectionChanged",
        accountId: ACCOUNT,
        instrument: GOLD.id,
        unprotectedSince: isShort ? OPENING : null,
      });

      const isBroken = covered < Math.abs(qty) && ms >= 10_000;
      expect(monitorOf(GRACE, scenario, ms).breaches.length).toBe(isBroken ? 1 : 0);
    }),
  );
});
