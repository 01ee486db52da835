import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSetting } from "#core/domain/settings.ts";
import { epochMs, lots, moneyFrom, ticks } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, NASDAQ, OPENING, aBracket, anIntent } from "#test/kit/builders.ts";
import { RiskScenario, armed } from "#test/kit/risk-scenario.ts";
import { dailyRealizedLoss } from "./daily-realized-loss.ts";

const NOTHING = { breaches: [], warnings: [], checkAgainAt: null, askVenueAt: null };
const LIMIT = { limit: 500 };
/** 17:00 in Chicago of the day of `OPENING`. */
const ROLL = epochMs(Date.UTC(2026, 2, 11, 22));

const breached = (value: number, limit = 500) => ({
  ...NOTHING,
  breaches: [
    {
      accountId: ACCOUNT,
      rule: "RULE-003",
      code: "dailyLossReached",
      limit,
      value,
      remedy: { kind: "flattenAndLock", until: ROLL },
    },
  ],
});
const denial = (code: string, limit: number, value: number) => ({
  rule: "RULE-003",
  code,
  limit,
  value,
});

function monitorOf(settings: unknown, scenario: RiskScenario) {
  return armed(dailyRealizedLoss, settings).monitor(ACCOUNT, scenario.view);
}

function checkOf(settings: unknown, scenario: RiskScenario, intent = anIntent()) {
  return armed(dailyRealizedLoss, settings).check(intent, scenario.view);
}

describe("settings", () => {
  test("only the limit must be given", () => {
    expect(readSetting(dailyRealizedLoss.settings, { limit: 400 })).toEqual({
      ok: true,
      value: {
        limit: 400_000_000n,
        includeFees: true,
        warnAt: [0.5, 0.75, 0.9],
        lookAhead: "off",
      },
    });
  });

  test.each(["off", "reject"])("looking ahead may be %s", (lookAhead) => {
    expect(readSetting(dailyRealizedLoss.settings, { limit: 1, lookAhead })).toMatchObject({
      value: { lookAhead },
    });
  });

  test.each([
    {},
    { limit: -400 },
    { limit: 0 },
    { limit: 400, warnAt: [0] },
    { limit: 400, warnAt: [1.01] },
    { limit: 400, lookAhead: "warn" },
    { limit: 400, reset: "17:00" },
  ])("%j is refused", (settings) => {
    expect(readSetting(dailyRealizedLoss.settings, settings).ok).toBe(false);
  });
});

describe("after the fact", () => {
  test.each([
    ["a day without fills", [], undefined],
    ["a winning day", [-900], undefined],
    ["a loss one cent short", [450, 49.99], undefined],
    ["a loss that reaches the limit exactly", [450, 50], 500],
    ["a loss beyond it", [450, 100], 550],
    ["losses that a win has made up for", [450, 100, -51], undefined],
  ])("%s", (_what, losses, value) => {
    const scenario = new RiskScenario();
    for (const loss of losses) scenario.loses(loss);

    const { breaches } = monitorOf(LIMIT, scenario);

    expect(breaches).toEqual(value === undefined ? [] : breached(value).breaches);
  });

  test("fees count as loss unless they are left out", () => {
    const scenario = new RiskScenario().loses(490, 10);

    expect(monitorOf(LIMIT, scenario)).toEqual(breached(500));
    expect(monitorOf({ limit: 500, includeFees: false }, scenario).breaches).toEqual([]);
    expect(monitorOf({ limit: 490, includeFees: false }, scenario)).toEqual(breached(490, 490));
  });

  test("the next trading day begins with nothing lost, at 17:00 in Chicago", () => {
    const scenario = new RiskScenario().loses(600);

    scenario.view.now = epochMs(ROLL - 1);
    expect(monitorOf(LIMIT, scenario)).toEqual(breached(600));

    scenario.view.now = ROLL;
    expect(monitorOf(LIMIT, scenario)).toEqual(NOTHING);
  });

  test("another account's losses are its own", () => {
    const scenario = new RiskScenario().loses(600);
    const other = anIntent({ accountId: "OTHER" as typeof ACCOUNT });

    expect(armed(dailyRealizedLoss, LIMIT).monitor(other.accountId, scenario.view)).toEqual(
      NOTHING,
    );
    expect(checkOf(LIMIT, scenario, other)).toBe(undefined);
  });

  test.each([
    [249.99, []],
    [250, [0.5]],
    [374.99, [0.5]],
    [375, [0.5, 0.75]],
    [450, [0.5, 0.75, 0.9]],
    [499.99, [0.5, 0.75, 0.9]],
    [500, []],
  ])("a loss of %s of 500 warns of the shares %j", (loss, shares) => {
    const { warnings } = monitorOf(LIMIT, new RiskScenario().loses(loss));

    expect(warnings).toEqual(shares.map((share) => ({ share })));
  });

  test("a share that no binary fraction can hold is reached exactly", () => {
    const settings = { limit: 40.7, warnAt: [0.7] };

    expect(monitorOf(settings, new RiskScenario().loses(28.49)).warnings).toEqual([{ share: 0.7 }]);
    expect(monitorOf(settings, new RiskScenario().loses(28.489999)).warnings).toEqual([]);
  });

  test("used is what has been lost, never less than nothing", () => {
    const rule = armed(dailyRealizedLoss, LIMIT);
    const used = { rule: "RULE-003", title: "Daily realized loss", unit: "money", limit: 500 };

    expect(rule.used(ACCOUNT, new RiskScenario().loses(120.5).view)).toEqual({
      ...used,
      used: 120.5,
    });
    expect(rule.used(ACCOUNT, new RiskScenario().loses(-50).view)).toEqual({ ...used, used: 0 });
  });
});

describe("before the order", () => {
  test("nothing new is begun once the limit is reached", () => {
    expect(checkOf(LIMIT, new RiskScenario().loses(499.99))).toBe(undefined);
    expect(checkOf(LIMIT, new RiskScenario().loses(500))).toEqual(
      denial("dailyLossReached", 500, 500),
    );
  });

  describe("looking ahead", () => {
    const AHEAD = { limit: 500, lookAhead: "reject" };
    const GROSS = { ...AHEAD, includeFees: false };
    const risky = (stop: number, qty = 1) =>
      anIntent({ qty: lots(qty), bracket: aBracket(stop, null) });

    test("an entry whose stop would reach the limit is denied", () => {
      const scenario = new RiskScenario().loses(450);

      expect(checkOf(GROSS, scenario, risky(49))).toBe(undefined);
      expect(checkOf(GROSS, scenario, risky(50))).toEqual(denial("dailyLossAtRisk", 500, 500));
      expect(checkOf(GROSS, scenario, risky(10, 5))).toEqual(denial("dailyLossAtRisk", 500, 500));
      expect(checkOf(LIMIT, scenario, risky(50))).toBe(undefined);
    });

    test("costs of both sides are part of the risk", () => {
      const scenario = new RiskScenario().loses(450);
      const perSide = scenario.market.feePerSide(GOLD.id, OPENING);

      expect(perSide).toBe(moneyFrom(0.96));
      expect(checkOf(AHEAD, scenario, risky(48))).toBe(undefined);
      expect(checkOf(AHEAD, scenario, risky(49))).toEqual(denial("dailyLossAtRisk", 500, 500.92));
    });

    test("an entry without a stop adds nothing that is known", () => {
      expect(checkOf(AHEAD, new RiskScenario().loses(499.99))).toBe(undefined);
    });

    test("open positions count to their stops, with the cost of getting out", () => {
      const group = { entryQty: lots(2), entryTicks: 53_000, openQty: lots(2) };
      const scenario = new RiskScenario().brackets({ ...group, stopPrice: ticks(26_300) });

      expect(checkOf({ ...GROSS, limit: 450 }, scenario, risky(49))).toBe(undefined);
      expect(checkOf({ ...GROSS, limit: 450 }, scenario, risky(50))).toEqual(
        denial("dailyLossAtRisk", 450, 450),
      );
      expect(checkOf({ ...AHEAD, limit: 450 }, scenario, risky(49))).toEqual(
        denial("dailyLossAtRisk", 450, 452.84),
      );
    });

    test("a short position loses upward, and part of a tick counts as one", () => {
      const scenario = new RiskScenario().brackets({
        side: "sell",
        entryQty: lots(2),
        entryTicks: 53_001,
        openQty: lots(1),
        stopPrice: ticks(26_600),
      });

      expect(checkOf({ ...GROSS, limit: 101 }, scenario, risky(1))).toEqual(
        denial("dailyLossAtRisk", 101, 101),
      );
      expect(checkOf({ ...GROSS, limit: 101.01 }, scenario, risky(1))).toBe(undefined);
    });

    test("a stop beyond the entry risks nothing, and a withdrawn one tells nothing", () => {
      const scenario = new RiskScenario()
        .brackets({ stopPrice: ticks(26_900) })
        .brackets({ stopPrice: null })
        .brackets({ accountId: "OTHER" as typeof ACCOUNT, stopPrice: ticks(1) });

      expect(checkOf({ ...GROSS, limit: 50 }, scenario, risky(49))).toBe(undefined);
      expect(checkOf({ ...GROSS, limit: 50 }, scenario, risky(50))).toEqual(
        denial("dailyLossAtRisk", 50, 50),
      );
    });

    test("entries that have not filled count as if they would, exits do not", () => {
      const scenario = new RiskScenario();
      scenario.works({ qty: lots(3), filledQty: lots(1), bracket: aBracket(100, null) });
      scenario.works({ qty: lots(5), reduceOnly: true, bracket: aBracket(100, null) });
      scenario.works({ qty: lots(5) });

      expect(checkOf({ ...GROSS, limit: 250 }, scenario, risky(49))).toBe(undefined);
      expect(checkOf({ ...GROSS, limit: 250 }, scenario, risky(50))).toEqual(
        denial("dailyLossAtRisk", 250, 250),
      );
    });

    test("an instrument counts at its own tick value", () => {
      const intent = { ...risky(100), instrument: NASDAQ.id };

      expect(checkOf({ ...GROSS, limit: 50 }, new RiskScenario(), intent)).toEqual(
        denial("dailyLossAtRisk", 50, 50),
      );
      expect(checkOf({ ...GROSS, limit: 50.01 }, new RiskScenario(), intent)).toBe(undefined);
    });
  });
});

test("it is broken exactly when the losses of the day reach the limit, whatever their order", () => {
  const cents = fc.integer({ min: -20_000, max: 20_000 }).map((value) => value / 100);
  fc.assert(
    fc.property(fc.array(cents, { maxLength: 12 }), fc.integer({ min: 1, max: 500 }), (day, at) => {
      const scenario = new RiskScenario();
      let lost = 0n;
      for (const loss of day) {
        scenario.loses(loss);
        lost += moneyFrom(loss);
      }
      const isBroken = lost >= moneyFrom(at);

      expect(monitorOf({ limit: at }, scenario).breaches.length).toBe(isBroken ? 1 : 0);
      expect(checkOf({ limit: at }, scenario) === undefined).toBe(!isBroken);
    }),
  );
});
