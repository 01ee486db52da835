import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSetting } from "#core/domain/settings.ts";
import { epochMs, lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, NASDAQ, OPENING, anIntent } from "#test/kit/builders.ts";
import { ES, MES, RiskScenario, armed } from "#test/kit/risk-scenario.ts";
import { maxContracts } from "./max-contracts.ts";

const LATER = { openedAt: epochMs(OPENING + 1) };
const FIVE = { limit: 5, unit: "contracts" };
const FIVE_MINIS = { limit: 5, unit: "miniEquivalents" };

const found = (breach: object) => ({
  breaches: [
    {
      accountId: ACCOUNT,
      rule: "RULE-001",
      code: "maxContractsExceeded",
      ...breach,
    },
  ],
  warnings: [],
  checkAgainAt: null,
  askVenueAt: null,
});
const NOTHING = { breaches: [], warnings: [], checkAgainAt: null, askVenueAt: null };
const close = (instrument: string, qty: number) => ({ kind: "closeExcess", instrument, qty });

describe("settings", () => {
  test("only the limit must be given", () => {
    expect(readSetting(maxContracts.settings, { limit: 3 })).toEqual({
      ok: true,
      value: { limit: 3, unit: "contracts", count: "gross", onBreach: "reduce" },
    });
  });

  test.each([
    { limit: 0, unit: "contracts", count: "gross", onBreach: "reduce" },
    { limit: 9, unit: "miniEquivalents", count: "net", onBreach: "close_all" },
  ])("%j is how it is written", (written) => {
    expect(readSetting(maxContracts.settings, written)).toEqual({ ok: true, value: written });
  });

  test.each([{}, { limit: -1 }, { limit: 2.5 }, { limit: 3, unit: "lots" }, { limit: 3, max: 1 }])(
    "%j is refused",
    (settings) => {
      expect(readSetting(maxContracts.settings, settings).ok).toBe(false);
    },
  );
});

describe("after the fact", () => {
  test("nothing held is nothing found, whatever the limit", () => {
    const { view } = new RiskScenario();

    expect(armed(maxContracts, { limit: 0 }).monitor(ACCOUNT, view)).toEqual(NOTHING);
  });

  test("contracts of different instruments add up, and the limit itself is allowed", () => {
    const rule = armed(maxContracts, FIVE);
    const scenario = new RiskScenario().holds(3, NASDAQ.id).holds(2, ES.id, LATER);

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(NOTHING);
    expect(rule.used(ACCOUNT, scenario.view)).toEqual({
      rule: "RULE-001",
      title: "Maximum contracts of the account",
      unit: "lots",
      used: 5,
      limit: 5,
    });

    scenario.works({ instrument: ES.id, side: "buy", qty: lots(4) });
    expect(rule.used(ACCOUNT, scenario.view)).toMatchObject({ used: 9 });

    scenario.holds(3, ES.id, LATER);

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 5, value: 6, remedy: close("ES", 1) }),
    );
  });

  test("long and short add up as sizes", () => {
    const scenario = new RiskScenario().holds(3, NASDAQ.id).holds(-3, ES.id, LATER);

    expect(armed(maxContracts, FIVE).monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 5, value: 6, remedy: close("ES", 1) }),
    );
  });

  test("a micro counts a tenth of a mini", () => {
    const rule = armed(maxContracts, FIVE_MINIS);
    const scenario = new RiskScenario().holds(4, ES.id).holds(10, MES.id, LATER);

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(NOTHING);

    scenario.holds(11, MES.id, LATER);

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 5, value: 5.1, remedy: close("MES", 1) }),
    );
    expect(rule.used(ACCOUNT, scenario.view)).toMatchObject({ used: 5.1, limit: 5 });
  });

  test("a whole mini goes when only minis can be closed", () => {
    const scenario = new RiskScenario().holds(11, MES.id).holds(4, ES.id, LATER);

    expect(armed(maxContracts, FIVE_MINIS).monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 5, value: 5.1, remedy: close("ES", 1) }),
    );
  });

  test("no more is closed than the newest position holds; the rest comes next", () => {
    const scenario = new RiskScenario().holds(8, NASDAQ.id).holds(1, ES.id, LATER);

    expect(armed(maxContracts, FIVE).monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 5, value: 9, remedy: close("ES", 1) }),
    );
  });

  test("of positions opened at one instant the one that came last goes first", () => {
    const scenario = new RiskScenario().holds(3, ES.id).holds(3, NASDAQ.id).holds(3, GOLD.id);

    expect(armed(maxContracts, FIVE).monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 5, value: 9, remedy: close("MGC", 3) }),
    );
  });

  test("where sizes add up, the newest goes whichever side it is on", () => {
    const scenario = new RiskScenario().holds(4, NASDAQ.id).holds(-3, ES.id, LATER);
    const rule = armed(maxContracts, FIVE);

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 5, value: 7, remedy: close("ES", 2) }),
    );
    expect(rule.used(ACCOUNT, scenario.view)).toMatchObject({ used: 7, limit: 5 });
  });

  test("net counting lets sides offset each other and closes on the heavy one", () => {
    const rule = armed(maxContracts, { limit: 2, count: "net" });
    const scenario = new RiskScenario().holds(4, ES.id).holds(-2, NASDAQ.id, LATER);

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(NOTHING);
    expect(rule.used(ACCOUNT, scenario.view)).toMatchObject({ used: 2, limit: 2 });

    scenario.holds(-1, NASDAQ.id, LATER);

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 2, value: 3, remedy: close("ES", 1) }),
    );

    scenario.holds(-8, NASDAQ.id, LATER);

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 2, value: 4, remedy: close("MNQ", 2) }),
    );
    expect(rule.used(ACCOUNT, scenario.view)).toMatchObject({ used: 4, limit: 2 });
  });

  test("close_all flattens the account", () => {
    const scenario = new RiskScenario().holds(6, ES.id);
    const rule = armed(maxContracts, { limit: 5, onBreach: "close_all" });

    expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(
      found({ limit: 5, value: 6, remedy: { kind: "flatten" } }),
    );
  });
});

describe("before the order", () => {
  const denial = (limit: number, value: number) => ({
    rule: "RULE-001",
    code: "maxContractsExceeded",
    limit,
    value,
  });

  test.each([
    [2, undefined],
    [3, undefined],
    [4, denial(3, 4)],
  ])("an entry of %i lots where 3 are allowed", (qty, expected) => {
    const { view } = new RiskScenario();

    expect(armed(maxContracts, { limit: 3 }).check(anIntent({ qty: lots(qty) }), view)).toEqual(
      expected,
    );
  });

  test("positions and orders of all instruments count, each at its worst", () => {
    const scenario = new RiskScenario().holds(2, ES.id);
    scenario.works({ instrument: NASDAQ.id, side: "sell", qty: lots(1) });
    const rule = armed(maxContracts, FIVE);

    expect(rule.check(anIntent({ qty: lots(2) }), scenario.view)).toBe(undefined);
    expect(rule.check(anIntent({ qty: lots(3) }), scenario.view)).toEqual(denial(5, 6));
  });

  test("an order that turns a position over counts as what it may leave", () => {
    const scenario = new RiskScenario().holds(2);
    const rule = armed(maxContracts, { limit: 3 });

    expect(rule.check(anIntent({ side: "sell", qty: lots(5) }), scenario.view)).toBe(undefined);
    expect(rule.check(anIntent({ side: "sell", qty: lots(6) }), scenario.view)).toEqual(
      denial(3, 4),
    );
  });

  test("entries are weighed like positions", () => {
    const scenario = new RiskScenario().holds(4, ES.id);
    const rule = armed(maxContracts, FIVE_MINIS);

    expect(rule.check(anIntent({ instrument: MES.id, qty: lots(10) }), scenario.view)).toBe(
      undefined,
    );
    expect(rule.check(anIntent({ instrument: MES.id, qty: lots(11) }), scenario.view)).toEqual(
      denial(5, 5.1),
    );
  });

  test.each(["buy", "sell"] as const)("net counting looks at the worst %s side", (side) => {
    const sign = side === "buy" ? 1 : -1;
    const scenario = new RiskScenario().holds(-3 * sign, ES.id);
    const rule = armed(maxContracts, { limit: 3, count: "net" });

    expect(rule.check(anIntent({ side, qty: lots(6) }), scenario.view)).toBe(undefined);
    expect(rule.check(anIntent({ side, qty: lots(7) }), scenario.view)).toEqual(denial(3, 4));
  });
});

test("whatever entries the rule admits one after the other, their fills never break it", () => {
  const entry = fc.record({
    instrument: fc.constantFrom(ES.id, MES.id, NASDAQ.id),
    side: fc.constantFrom("buy" as const, "sell" as const),
    qty: fc.integer({ min: 1, max: 12 }),
    filled: fc.nat(12),
  });
  const settings = fc.record({
    limit: fc.integer({ min: 0, max: 6 }),
    unit: fc.constantFrom("contracts", "miniEquivalents"),
    count: fc.constantFrom("gross", "net"),
  });
  fc.assert(
    fc.property(settings, fc.array(entry, { maxLength: 12 }), (written, entries) => {
      const rule = armed(maxContracts, written);
      const scenario = new RiskScenario();
      for (const { instrument, side, qty, filled } of entries) {
        const intent = anIntent({ instrument, side, qty: lots(qty) });
        if (rule.check(intent, scenario.view) !== undefined) continue;
        const done = lots(Math.min(filled, qty));
        const held = scenario.view.position(ACCOUNT, instrument)?.qty ?? 0;
        scenario.holds(held + (side === "buy" ? done : -done), instrument);
        scenario.works({ instrument, side, qty: lots(qty), filledQty: done, venueFilledQty: done });
      }

      expect(rule.monitor(ACCOUNT, scenario.view)).toEqual(NOTHING);
    }),
  );
});
