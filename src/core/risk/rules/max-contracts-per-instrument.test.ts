import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { INSTRUMENTS, instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import { readSetting } from "#core/domain/settings.ts";
import { epochMs, lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, NASDAQ, OPENING, anIntent } from "#test/kit/builders.ts";
import { ES, MES, NASDAQ_DEC, NASDAQ_MAR, RiskScenario, armed } from "#test/kit/risk-scenario.ts";
import { maxContractsPerInstrument } from "./max-contracts-per-instrument.ts";

const LATER = { openedAt: epochMs(OPENING + 1) };
const NOTHING = { breaches: [], warnings: [], checkAgainAt: null, askVenueAt: null };
const TWO = { limits: { MNQ: 2 } };

const breach = (limit: number, value: number, remedy: object) => ({
  accountId: ACCOUNT,
  rule: "RULE-002",
  code: "maxContractsPerInstrumentExceeded",
  limit,
  value,
  remedy,
});
const excess = (instrument: string, qty: number) => ({ kind: "closeExcess", instrument, qty });
const whole = (instrument: string) => ({ kind: "closeInstrument", instrument });
const denial = (limit: number, value: number) => ({
  rule: "RULE-002",
  code: "maxContractsPerInstrumentExceeded",
  limit,
  value,
});
const blocked = (root: string) => ({
  rule: "RULE-002",
  code: "instrumentBlocked",
  limit: 0,
  value: root,
});

function breachesOf(settings: unknown, scenario: RiskScenario) {
  return armed(maxContractsPerInstrument, settings).monitor(ACCOUNT, scenario.view).breaches;
}

function checkOf(settings: unknown, scenario: RiskScenario, instrument = NASDAQ.id, qty = 1) {
  const intent = anIntent({ instrument, qty: lots(qty) });
  return armed(maxContractsPerInstrument, settings).check(intent, scenario.view);
}

describe("settings", () => {
  test("everything may be left out, and then nothing may be traded", () => {
    expect(readSetting(maxContractsPerInstrument.settings, {})).toEqual({
      ok: true,
      value: { limits: {}, defaultLimit: null, unknown: "block", onBreach: "reduce" },
    });
    expect(checkOf({}, new RiskScenario())).toEqual(blocked("MNQ"));
  });

  test.each([
    { limits: { MNQ: -1 } },
    { limits: { MNQ: "2" } },
    { defaultLimit: 1.5 },
    { defaultLimit: -1 },
    { unknown: "alow" },
    { onBreach: "flatten" },
    { limit: 2 },
  ])("%j is refused", (settings) => {
    expect(readSetting(maxContractsPerInstrument.settings, settings).ok).toBe(false);
  });
});

describe("after the fact", () => {
  test("the limit itself is allowed, one more is closed", () => {
    expect(breachesOf(TWO, new RiskScenario().holds(-2, NASDAQ.id))).toEqual([]);
    expect(breachesOf(TWO, new RiskScenario().holds(-3, NASDAQ.id))).toEqual([
      breach(2, 3, excess("MNQ", 1)),
    ]);
  });

  test("all expiries of one product count together, and the newest lots go", () => {
    const scenario = new RiskScenario().holds(1, NASDAQ_DEC.id).holds(-3, NASDAQ_MAR.id, LATER);

    expect(breachesOf(TWO, scenario)).toEqual([breach(2, 4, excess("MNQH27", 2))]);
  });

  test("what the newest expiry cannot give, the older one gives", () => {
    const scenario = new RiskScenario()
      .holds(3, NASDAQ_DEC.id, LATER)
      .holds(4, NASDAQ.id)
      .holds(1, NASDAQ_MAR.id, { openedAt: epochMs(OPENING + 2) });

    expect(breachesOf(TWO, scenario)).toEqual([
      breach(2, 8, excess("MNQ", 2)),
      breach(2, 8, excess("MNQZ26", 3)),
      breach(2, 8, excess("MNQH27", 1)),
    ]);
  });

  test("close ends the positions beyond the limit, close_all the whole product", () => {
    const scenario = new RiskScenario()
      .holds(2, NASDAQ_DEC.id)
      .holds(1, NASDAQ_MAR.id, LATER)
      .holds(9, GOLD.id);
    const allowed = { limits: { MNQ: 2, MGC: 9 } };

    expect(breachesOf({ ...allowed, onBreach: "close" }, scenario)).toEqual([
      breach(2, 3, whole("MNQH27")),
    ]);
    expect(breachesOf({ ...allowed, onBreach: "close_all" }, scenario)).toEqual([
      breach(2, 3, whole("MNQZ26")),
      breach(2, 3, whole("MNQH27")),
    ]);
  });

  test("each product has its own limit, and what is not listed is closed", () => {
    const scenario = new RiskScenario().holds(3, NASDAQ.id).holds(1, GOLD.id).holds(1, ES.id);

    expect(breachesOf({ limits: { MNQ: 3, MGC: 1 } }, scenario)).toEqual([
      breach(0, 1, excess("ES", 1)),
    ]);
    expect(breachesOf({ limits: { MNQ: 3 }, defaultLimit: 1 }, scenario)).toEqual([]);
    expect(breachesOf({ limits: { MNQ: 3 }, unknown: "allow" }, scenario)).toEqual([]);
    expect(breachesOf({ defaultLimit: 2, unknown: "allow" }, scenario)).toEqual([
      breach(2, 3, excess("MNQ", 1)),
    ]);
  });

  test("names that are part of each other are different products", () => {
    const scenario = new RiskScenario().holds(5, MES.id).holds(1, ES.id);

    expect(breachesOf({ limits: { ES: 1, MES: 5 } }, scenario)).toEqual([]);
    expect(breachesOf({ limits: { ES: 1 }, unknown: "allow" }, scenario)).toEqual([]);
  });
});

describe("before the order", () => {
  test.each([
    [2, undefined],
    [3, denial(2, 3)],
  ])("an entry of %i lots where 2 are allowed", (qty, expected) => {
    expect(checkOf(TWO, new RiskScenario(), NASDAQ.id, qty)).toEqual(expected);
  });

  test("positions and orders of every expiry count, those of other products do not", () => {
    const scenario = new RiskScenario().holds(-1, NASDAQ_DEC.id).holds(7, GOLD.id);
    scenario.works({ instrument: NASDAQ_MAR.id, qty: lots(1) });
    const three = { limits: { MNQ: 3, MGC: 9 } };

    expect(checkOf(three, scenario, NASDAQ.id, 1)).toBe(undefined);
    expect(checkOf(three, scenario, NASDAQ.id, 2)).toEqual(denial(3, 4));
    expect(checkOf(three, scenario, NASDAQ_MAR.id, 1)).toBe(undefined);
    expect(checkOf(three, scenario, NASDAQ_MAR.id, 2)).toEqual(denial(3, 4));
  });

  test("a product with a limit of zero, or with none where the rest is blocked, is blocked", () => {
    expect(checkOf({ limits: { MNQ: 0 }, unknown: "allow" }, new RiskScenario())).toEqual(
      blocked("MNQ"),
    );
    expect(checkOf({ limits: { MGC: 1 } }, new RiskScenario())).toEqual(blocked("MNQ"));
    expect(checkOf({ limits: { MGC: 1 }, unknown: "allow" }, new RiskScenario())).toBe(undefined);
  });

  test("a limit that every object inherits is none", () => {
    const constructor = { ...NASDAQ, root: "constructor" };
    const scenario = new RiskScenario({}, { instruments: [constructor] });

    expect(checkOf({}, scenario)).toEqual(blocked("constructor"));
  });

  test.each(["M2K", "MNQ", "NQ", "QM", "MES", "ES", "M6E", "6E", "E7"])(
    "%s has the limit of its own name, whatever the venue calls it",
    (root) => {
      const instrument = instrumentByRoot(root) ?? NASDAQ;
      const scenario = new RiskScenario({}, { instruments: INSTRUMENTS });
      const others = INSTRUMENTS.filter((one) => one.root !== root).map((one) => [one.root, 9]);
      const settings = { limits: { ...Object.fromEntries(others), [root]: 1 } };

      expect(checkOf(settings, scenario, instrument.id, 1)).toBe(undefined);
      expect(checkOf(settings, scenario, instrument.id, 2)).toEqual(denial(1, 2));
    },
  );
});

describe("what is used", () => {
  const usedOf = (settings: unknown, scenario: RiskScenario) => {
    const rule = armed(maxContractsPerInstrument, settings);
    const { used, limit, ...named } = rule.used(ACCOUNT, scenario.view);
    expect(named).toEqual({
      rule: "RULE-002",
      title: "Maximum contracts per instrument",
      unit: "lots",
    });
    return [used, limit];
  };

  test("the product with the largest share of its limit stands for the account", () => {
    const settings = { limits: { MNQ: 4, MGC: 3, ES: 0 } };
    const scenario = new RiskScenario();

    expect(usedOf(settings, scenario)).toEqual([0, 4]);
    expect(usedOf(settings, scenario.holds(2, NASDAQ_DEC.id).holds(-1, GOLD.id))).toEqual([2, 4]);
    expect(usedOf(settings, scenario.holds(2, GOLD.id))).toEqual([2, 3]);
    expect(usedOf(settings, scenario.holds(1, NASDAQ_MAR.id))).toEqual([3, 4]);
    expect(usedOf(settings, scenario.holds(1, ES.id))).toEqual([1, 0]);
  });

  test("what may still fill is counted, as it is for an entry", () => {
    const scenario = new RiskScenario().holds(1, GOLD.id);
    scenario.works({ instrument: GOLD.id, side: "buy", qty: lots(2) });

    expect(usedOf({ limits: { MGC: 4 } }, scenario)).toEqual([3, 4]);
  });

  test("what has no limit is not shown", () => {
    const scenario = new RiskScenario().holds(7, GOLD.id);

    expect(usedOf({ limits: { MNQ: 2 }, unknown: "allow" }, scenario)).toEqual([0, 2]);
    expect(usedOf({ unknown: "allow" }, scenario)).toEqual([0, 0]);
    expect(usedOf({ limits: { ES: 0, MNQ: 3 }, unknown: "allow" }, scenario)).toEqual([0, 3]);
    expect(usedOf({ defaultLimit: 8 }, scenario)).toEqual([7, 8]);
    expect(usedOf({ defaultLimit: 8 }, new RiskScenario())).toEqual([0, 8]);
  });
});

test("whatever entries the rule admits one after the other, their fills never break it", () => {
  const entry = fc.record({
    instrument: fc.constantFrom(NASDAQ.id, NASDAQ_DEC.id, NASDAQ_MAR.id, GOLD.id),
    side: fc.constantFrom("buy" as const, "sell" as const),
    qty: fc.integer({ min: 1, max: 4 }),
    filled: fc.nat(4),
  });
  const written = fc.record({
    limits: fc.record({ MNQ: fc.nat(5) }),
    defaultLimit: fc.constantFrom(null, 2),
    unknown: fc.constantFrom("block", "allow"),
  });
  fc.assert(
    fc.property(written, fc.array(entry, { maxLength: 10 }), (settings, entries) => {
      const scenario = new RiskScenario();
      for (const { instrument, side, qty, filled } of entries) {
        const intent = anIntent({ instrument, side, qty: lots(qty) });
        const rule = armed(maxContractsPerInstrument, settings);
        if (rule.check(intent, scenario.view) !== undefined) continue;
        const done = lots(Math.min(filled, qty));
        const held = scenario.view.position(ACCOUNT, instrument)?.qty ?? 0;
        scenario.holds(held + (side === "buy" ? done : -done), instrument);
        scenario.works({ instrument, side, qty: lots(qty), filledQty: done, venueFilledQty: done });
      }

      expect(armed(maxContractsPerInstrument, settings).monitor(ACCOUNT, scenario.view)).toEqual(
        NOTHING,
      );
    }),
  );
});

test("closing what is found leaves nothing to find", () => {
  const held = fc.record({
    instrument: fc.constantFrom(NASDAQ.id, NASDAQ_DEC.id, NASDAQ_MAR.id, GOLD.id),
    qty: fc.integer({ min: -5, max: 5 }),
    openedAt: fc.integer({ min: 0, max: 3 }).map(epochMs),
  });
  const onBreach = fc.constantFrom("reduce", "close", "close_all");
  fc.assert(
    fc.property(fc.array(held, { maxLength: 6 }), fc.nat(4), onBreach, (positions, limit, how) => {
      const scenario = new RiskScenario();
      for (const { instrument, qty, openedAt } of positions)
        scenario.holds(qty, instrument, { openedAt });
      const settings = { defaultLimit: limit, onBreach: how };

      for (const { remedy } of breachesOf(settings, scenario)) {
        if (remedy.kind === "closeInstrument") scenario.holds(0, remedy.instrument);
        if (remedy.kind !== "closeExcess") continue;
        const qty = scenario.view.position(ACCOUNT, remedy.instrument)?.qty ?? 0;
        scenario.holds(qty - Math.sign(qty) * remedy.qty, remedy.instrument);
      }

      expect(breachesOf(settings, scenario)).toEqual([]);
    }),
  );
});
