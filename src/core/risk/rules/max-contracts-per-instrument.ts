import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import { choice, integer, mapOf, nullable, object, optional } from "#core/domain/settings.ts";
import type { Lots } from "#core/domain/units.ts";
import type { Breach } from "#core/risk/breach.ts";
import { type RiskView, oldestFirst } from "#core/risk/risk-view.ts";
import { NOTHING_FOUND, rule } from "#core/risk/rule.ts";

type Limits = {
  readonly limits: Readonly<Record<string, number>>;
  readonly defaultLimit: number | null;
  readonly unknown: "block" | "allow";
};

const EXCEEDED = "maxContractsPerInstrumentExceeded";

/** RULE-002. Holds the contracts of each product, over all its expiries, to a limit. Equality is allowed. */
export const maxContractsPerInstrument = rule(
  object({
    /** By product root: `{ MNQ: 2, MGC: 1 }`. Zero blocks the product. */
    limits: optional(mapOf(integer({ min: 0 })), {}),
    defaultLimit: nullable(integer({ min: 0 })),
    /** What holds for a product that is neither listed nor covered by the default. */
    unknown: optional(choice("block", "allow"), "block"),
    /** `reduce` closes what exceeds the limit, newest first; `close` the position that does; `close_all` the product. */
    onBreach: optional(choice("reduce", "close", "close_all"), "reduce"),
  }),
  {
    id: "RULE-002",
    key: "max_contracts_per_instrument",
    title: "Maximum contracts per instrument",
    unit: "lots",
    check(intent, view, settings) {
      const root = rootOf(view, intent.instrument);
      const limit = limitOf(root, settings);
      if (limit === undefined) return undefined;
      const value = worstByRoot(intent.accountId, view, intent).get(root) ?? 0;
      if (value <= limit) return undefined;
      if (limit === 0) return { rule: "RULE-002", code: "instrumentBlocked", limit, value: root };
      return { rule: "RULE-002", code: EXCEEDED, limit, value };
    },
    monitor(accountId, view, settings) {
      const held = heldByRoot(accountId, view);
      const counted = new Map<string, number>();
      const breaches: Breach[] = [];
      for (const { instrument, qty } of oldestFirst(view.openPositions(accountId))) {
        const root = rootOf(view, instrument);
        const limit = limitOf(root, settings) ?? Number.POSITIVE_INFINITY;
        const upToHere = (counted.get(root) ?? 0) + Math.abs(qty);
        counted.set(root, upToHere);
        const value = held.get(root) ?? 0;
        if (value <= limit) continue;
        const excess = Math.min(upToHere - limit, Math.abs(qty)) as Lots;
        if (excess <= 0 && settings.onBreach !== "close_all") continue;
        const remedy: Breach["remedy"] =
          settings.onBreach === "reduce"
            ? { kind: "closeExcess", instrument, qty: excess }
            : { kind: "closeInstrument", instrument };
        breaches.push({ accountId, rule: "RULE-002", code: EXCEEDED, limit, value, remedy });
      }
      return { ...NOTHING_FOUND, breaches };
    },
    /** Of the product that has used the largest share of its limit. */
    used(accountId, view, settings) {
      const worst = worstByRoot(accountId, view);
      const roots = new Set([...worst.keys(), ...Object.keys(settings.limits)]);
      const shares = [...roots].flatMap((root) => {
        const used = worst.get(root) ?? 0;
        const limit = limitOf(root, settings);
        return limit === undefined || used + limit === 0 ? [] : [{ used, limit }];
      });
      const [most] = shares.toSorted((a, b) => b.used * a.limit - a.used * b.limit);
      return most ?? { used: 0, limit: settings.defaultLimit ?? 0 };
    },
  },
);

/** Contracts by product root at worst, everything that may still fill included (R9); `intent` is one more. */
function worstByRoot(
  accountId: AccountId,
  view: RiskView,
  intent?: OrderIntent,
): ReadonlyMap<string, number> {
  const worst = new Map<string, number>();
  for (const instrument of view.instrumentsOf(accountId, intent?.instrument)) {
    const root = rootOf(view, instrument);
    const extra = instrument === intent?.instrument ? intent : undefined;
    const { size } = view.worstCase(accountId, instrument, extra);
    worst.set(root, (worst.get(root) ?? 0) + size);
  }
  return worst;
}

/** Contracts by product root, those of all expiries together. */
function heldByRoot(accountId: AccountId, view: RiskView): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const { instrument, qty } of view.openPositions(accountId)) {
    const root = rootOf(view, instrument);
    held.set(root, (held.get(root) ?? 0) + Math.abs(qty));
  }
  return held;
}

/** The limit in force, or undefined where there is none. */
function limitOf(root: string, settings: Limits): number | undefined {
  const own = Object.hasOwn(settings.limits, root) ? settings.limits[root] : undefined;
  if (own !== undefined) return own;
  if (settings.defaultLimit !== null) return settings.defaultLimit;
  return settings.unknown === "block" ? 0 : undefined;
}

function rootOf(view: RiskView, instrument: InstrumentId): string {
  return view.market.instrument(instrument)?.root ?? instrument;
}
