import type { SessionConfig } from "#core/desk/config.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { formatPrice, priceToTicks, roundToTicks } from "#core/domain/instrument.ts";
import type { Bracket, OrderTerms, Side } from "#core/domain/order.ts";
import type { Touch } from "#core/domain/report.ts";
import { didYouMean } from "#core/domain/settings.ts";
import { type Ticks, ticks } from "#core/domain/units.ts";
import { UsageError } from "./command-frame.ts";

/** Prices of an order as a person gives them. */
export type PriceFlags = {
  readonly limit?: number;
  readonly stop?: number;
  readonly trail?: Ticks;
};

export type LegFlags = {
  readonly stopLoss?: Ticks;
  readonly takeProfit?: Ticks;
  readonly reduceOnly?: boolean;
};

/** The instrument of a session that a person means: by its id or its root, in any case. */
export function instrumentNamed(config: SessionConfig, name: string): Instrument {
  const wanted = name.toUpperCase();
  const byId = config.instruments.find(({ id }) => id.toUpperCase() === wanted);
  const byRoot = config.instruments.filter(({ root }) => root.toUpperCase() === wanted);
  const found = byId ?? (byRoot.length === 1 ? byRoot[0] : undefined);
  if (found !== undefined) return found;
  const ids = config.instruments.map(({ id }) => id);
  const hint = didYouMean(name, ids);
  throw new UsageError(
    `Expected an instrument of the session (${ids.join(", ")}), found ${name}${hint === null ? "" : `; ${hint}`}`,
  );
}

/** What the options ask for, in ticks. A trailing stop without a first stop price starts behind the market. */
export function orderTerms(
  flags: PriceFlags,
  { instrument, touch, side }: { instrument: Instrument; touch: Touch | undefined; side: Side },
): OrderTerms {
  const limitPrice = onTick(instrument, flags.limit);
  const stopPrice = onTick(instrument, flags.stop);
  const { trail } = flags;
  if (trail !== undefined) {
    if (limitPrice !== undefined) {
      throw new UsageError("Expected --trail without --limit: a trailing stop has no limit price");
    }
    return {
      type: "trailingStop",
      stopPrice: stopPrice ?? behindMarket(instrument, { touch, side, trail }),
      trailTicks: trail,
    };
  }
  if (stopPrice !== undefined && limitPrice !== undefined) {
    return { type: "stopLimit", stopPrice, limitPrice };
  }
  if (stopPrice !== undefined) return { type: "stop", stopPrice };
  return limitPrice === undefined ? { type: "market" } : { type: "limit", limitPrice };
}

/** The terms of a working order with what the options change. What an order of its type lacks is refused. */
export function changedTerms(
  terms: OrderTerms,
  flags: PriceFlags,
  instrument: Instrument,
): OrderTerms {
  const limitPrice = onTick(instrument, flags.limit);
  const stopPrice = onTick(instrument, flags.stop);
  for (const [flag, field] of [
    ["limit", "limitPrice"],
    ["stop", "stopPrice"],
    ["trail", "trailTicks"],
  ] as const) {
    if (flags[flag] === undefined || field in terms) continue;
    throw new UsageError(
      `Expected a change of what a ${terms.type} order has, found --${flag}; cancel it to place another`,
    );
  }
  switch (terms.type) {
    case "market":
      return terms;
    case "limit":
      return { ...terms, limitPrice: limitPrice ?? terms.limitPrice };
    case "stop":
      return { ...terms, stopPrice: stopPrice ?? terms.stopPrice };
    case "stopLimit":
      return {
        ...terms,
        stopPrice: stopPrice ?? terms.stopPrice,
        limitPrice: limitPrice ?? terms.limitPrice,
      };
    case "trailingStop":
      return {
        ...terms,
        stopPrice: stopPrice ?? terms.stopPrice,
        trailTicks: flags.trail ?? terms.trailTicks,
      };
  }
}

/** The legs that protect what an entry opens; null for none. */
export function bracketOf({ stopLoss, takeProfit, reduceOnly }: LegFlags): Bracket | null {
  if (stopLoss === undefined && takeProfit === undefined) return null;
  if (reduceOnly === true) {
    throw new UsageError("Expected --reduce-only without legs: it opens nothing that needs them");
  }
  if (stopLoss === undefined) {
    throw new UsageError(
      "Expected --stop-loss with --take-profit: a target alone protects nothing",
    );
  }
  return { stopLossTicks: stopLoss, takeProfitTicks: takeProfit ?? null };
}

function onTick(instrument: Instrument, price: number | undefined): Ticks | undefined {
  if (price === undefined) return undefined;
  const exact = priceToTicks(instrument, price);
  if (exact !== undefined) return exact;
  const near = (["down", "up"] as const).flatMap((toward) => {
    const tick = roundToTicks(instrument, price, toward);
    return tick === undefined ? [] : formatPrice(instrument, tick);
  });
  throw new UsageError(
    `Expected a price of ${instrument.id} on a tick of ${instrument.tickSize}, found ${price}; the nearest are ${near.join(" and ")}`,
  );
}

function behindMarket(
  instrument: Instrument,
  { touch, side, trail }: { touch: Touch | undefined; side: Side; trail: Ticks },
): Ticks {
  const market = (side === "buy" ? touch?.askPrice : touch?.bidPrice) ?? touch?.lastPrice ?? null;
  if (market === null) {
    throw new UsageError(
      `Expected a price of ${instrument.id} to trail, found none yet; give the first one with --stop`,
    );
  }
  return ticks(side === "buy" ? market + trail : market - trail);
}
