import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { VenueCommand } from "#core/desk/command.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import { type OrderTerms, sideSign } from "#core/domain/order.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { limitOf } from "./book-order.ts";
import { DEFAULT_FILL_MODEL, printBudget, randomSlippage } from "./fill-model.ts";
import { END_AT, fillsOf, livesOf, play, type Step } from "./scripted-day.ts";
import type { VenueOptions } from "./venue-options.ts";
import {
  ACCOUNT,
  bracketOf,
  cancelOf,
  latency,
  limitAt,
  modifyOf,
  stopAt,
  stopLimitAt,
  submitOf,
  trailingAt,
} from "./venue-scenario.ts";

describe("the same input", () => {
  test("gives the same events, however often and in whatever steps the venue is run", () => {
    check((options, steps) => {
      const once = play(options, steps).events;

      expect(play(options, steps).events).toEqual(once);
      expect(play(options, steps, { stepMs: 1 }).events).toEqual(once);
      expect(play(options, steps, { stepMs: 7 }).events).toEqual(once);
    });
  });

  test("gives the same events when the venue is exported and restored on the way", () => {
    check((options, steps) => {
      const restoreAt = Math.floor(steps.length / 2);

      expect(play(options, steps, { restoreAt }).events).toEqual(play(options, steps).events);
    });
  });
});

test("the position is the sum of the signed fills, and the venue lists what it told", () => {
  check((options, steps) => {
    const { events, scenario } = play(options, steps);
    const told = fillsOf(events);

    const { fills, positions } = scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(END_AT));

    const net = told.reduce((sum, fill) => sum + sideSign(fill.side) * fill.qty, 0);
    expect(positions.map(({ qty }) => qty)).toEqual(net === 0 ? [] : [net]);
    expect(fills).toEqual(told);
    expect(fills.map(({ fillId }) => fillId)).toEqual(told.map((_, index) => `F${index + 1}`));
  });
});

test("an order fills no more than its quantity and ends exactly once", () => {
  check((options, steps) => {
    const { events } = play(options, steps);

    for (const [id, life] of livesOf(events, steps)) {
      let filled = 0;
      let ends = 0;
      for (const { report, qty } of life) {
        expect(ends, `${id} says nothing after its end`).toBe(0);
        if (report.kind === "filled") filled += report.fill.qty;
        expect(filled, `${id} fills at most its quantity`).toBeLessThanOrEqual(qty);
        const isWhole = report.kind === "filled" && filled === qty;
        if (isWhole || ["canceled", "expired", "rejected"].includes(report.kind)) ends += 1;
        if (report.kind === "canceled" || report.kind === "expired") {
          expect(report.venueFilledQty).toBe(filled);
        }
      }
      expect(ends, `${id} ends`).toBe(1);
    }
  });
});

test("a limit order never fills at a worse price than its limit", () => {
  check((options, steps) => {
    for (const life of livesOf(play(options, steps).events, steps).values()) {
      for (const { report, terms } of life) {
        const limit = report.kind === "filled" && terms !== undefined ? limitOf(terms) : null;
        if (report.kind !== "filled" || limit === null) continue;
        const { side, price } = report.fill;
        expect(sideSign(side) * (limit - price)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

test("nothing fills while the market is closed", () => {
  check((options, steps) => {
    for (const fill of fillsOf(play(options, steps).events)) {
      expect(options.isOpen?.(fill.instrument, fill.at)).toBe(true);
    }
  });
});

test("a reduce-only order never grows or flips the position", () => {
  check((options, steps) => {
    const reducing = new Set(
      steps.flatMap((step) => {
        const isReducing =
          step.kind === "send" && step.command.kind === "submitOrder" && step.command.reduceOnly;
        return isReducing ? [String(step.command.clientOrderId)] : [];
      }),
    );
    let net = 0;
    for (const { clientOrderId, side, qty } of fillsOf(play(options, steps).events)) {
      const after = net + sideSign(side) * qty;
      if (reducing.has(clientOrderId)) {
        expect(Math.abs(after)).toBeLessThan(Math.abs(net));
        expect(after * net).toBeGreaterThanOrEqual(0);
      }
      net = after;
    }
  });
});

test("resting orders together take no more than their share of a print", () => {
  check((options, steps) => {
    const { prints } = play(options, steps);
    const { participation } = options.fillModel ?? DEFAULT_FILL_MODEL;

    for (const { qty, rested } of prints) {
      expect(rested).toBeLessThanOrEqual(printBudget(lots(qty), participation));
    }
  });
});

test("the legs of a bracket never both fill whole, nor more than their entry", () => {
  check((options, steps) => {
    const filled = new Map<string, number>();
    const whole = new Set<string>();
    for (const [id, life] of livesOf(play(options, steps).events, steps)) {
      const fills = life.flatMap(({ report }) =>
        report.kind === "filled" ? [report.fill.qty] : [],
      );
      const qty = fills.reduce((sum, fill) => sum + fill, 0);
      filled.set(id, qty);
      if (qty > 0 && life.at(-1)?.report.kind === "filled") whole.add(id);
    }
    for (const [id, qty] of filled) {
      const closed = (filled.get(`${id}-SL`) ?? 0) + (filled.get(`${id}-TP`) ?? 0);
      if (closed > 0) expect(closed).toBeLessThanOrEqual(qty);
      expect(whole.has(`${id}-SL`) && whole.has(`${id}-TP`)).toBe(false);
    }
  });
});

test("an order that meets the market never pays less than the touch", () => {
  check((options, steps) => {
    for (const { side, price, liquidity, touch } of play(options, steps).executions) {
      if (liquidity === "taker") expect(sideSign(side) * (price - touch)).toBeGreaterThanOrEqual(0);
    }
  });
});

/** Checks a property of many venues and days. */
function check(holds: (options: Partial<VenueOptions>, steps: readonly Step[]) => void): void {
  fc.assert(
    fc.property(
      anyOptions(),
      fc.array(anyStep(), { minLength: 40, maxLength: 80 }),
      (options, steps) => holds(options, withIds(steps)),
    ),
    { numRuns: 200 },
  );
}

function anyOptions(): fc.Arbitrary<Partial<VenueOptions>> {
  return fc.record({
    latency: fc.tuple(fc.nat(4), fc.nat(4)).map(([there, back]) => latency(there, back)),
    bracketLegs: fc.constantFrom("plain", "reduceOnly"),
    fillModel: fc.record({
      limitFill: fc.constantFrom("touch", "through"),
      participation: fc.constantFrom(1, 0.5, 0.3),
      marketDepth: fc.constantFrom("whole", "touch"),
      slippage: fc.nat(9).map((seed) => randomSlippage(seed, [3, 2, 1])),
    }),
    isOpen: fc.constantFrom(
      () => true,
      (_instrument: unknown, at: number) => at % 50 < 40,
    ),
    dayEnd: fc.constant((_instrument: unknown, at: number) => epochMs(at - (at % 100) + 100)),
  });
}

function anyStep(): fc.Arbitrary<Step> {
  const afterMs = fc.oneof(fc.constant(0), fc.nat(6));
  const price = fc.integer({ min: 92, max: 108 });
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ afterMs, kind: fc.constant("trade" as const), price, qty: fc.nat(8) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        afterMs,
        kind: fc.constant("quote" as const),
        bid: price,
        spread: fc.integer({ min: -1, max: 4 }),
        qty: fc.nat(6),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ afterMs, kind: fc.constant("send" as const), command: anyCommand() }),
    },
  );
}

/** Orders are called by number; `withIds` makes the numbers of submits different. */
function anyCommand(): fc.Arbitrary<VenueCommand> {
  const number = fc.nat(20);
  const qty = fc.nat(6);
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({
          side: fc.constantFrom("buy" as const, "sell" as const),
          qty: qty.map(lots),
          terms: anyTerms(),
          timeInForce: fc.constantFrom(
            "day" as const,
            "gtc" as const,
            "ioc" as const,
            "fok" as const,
          ),
          reduceOnly: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
          bracket: fc.constantFrom(null, null, bracketOf(3, 5), bracketOf(2, null)),
        })
        .map((order) => submitOf("N", order)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(number, fc.constantFrom("", "-SL", "-TP"))
        .map(([target, leg]) => cancelOf(`N${target}${leg}`)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(number, qty, anyTerms())
        .map(([target, total, terms]) => modifyOf(`N${target}`, total, terms)),
    },
  );
}

function anyTerms(): fc.Arbitrary<OrderTerms> {
  const price = fc.integer({ min: 92, max: 108 });
  return fc.oneof(
    fc.constant<OrderTerms>({ type: "market" }),
    price.map(limitAt),
    price.map(stopAt),
    fc.tuple(price, price).map(([stop, limit]) => stopLimitAt(stop, limit)),
    fc.tuple(price, fc.nat(4)).map(([stop, trail]) => trailingAt(ticks(stop), trail)),
  );
}

function withIds(steps: readonly Step[]): readonly Step[] {
  let count = 0;
  return steps.map((step) => {
    if (step.kind !== "send" || step.command.kind !== "submitOrder") return step;
    count += 1;
    return { ...step, command: { ...step.command, clientOrderId: clientOrderId(`N${count}`) } };
  });
}
