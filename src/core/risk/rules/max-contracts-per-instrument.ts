import type { InstrumentId } from "#core/domain/ids.ts";
import { choice, integer, mapOf, nullable, object, optional } from "#core/domain/settings.ts";
import type { Lots } from "#core/domain/units.ts";
import type { Breach } from "#core/risk/breach.ts";
import type { RiskView } from "#core/risk/risk-view.ts";
import { NOTHING_FOUND, rule } from "#core/risk/rule.ts";

type Limits = {
  readonly limits: Readonly<Record<string, number>>;
  readonly defaultLimit: number | null;
  readonly unknown: "block" | "allow";
};

/** RULE-002. Holds the contracts of each product, over all its expiries, to a limit. Equality is allowed. */
export const maxContractsPerInstrument = rule(
  object({
    /** By product root: `{ MNQ: 2, MGC: 1 }`. Zero blocks the product. */
    limits: optional(mapOf(integer({ min: 0 })), {}),
    defaultLimit: nullable(integer({ min: 0 })),
    /** What holds for a product that is neither listed nor covered by the default. */
    unknown: optional(choice("block", "allow"), "block"),
    onBreach: optional(choice("reduce", "close"), "reduce"),
  }),
  {
    id: "RULE-002",
    key: "max_contracts_per_instrument",
    title: "Maximum contracts per instrument",
    check(intent, view, settings) {
      const root = rootOf(view, intent.instrument);
      const limit = limitOf(root, settings);
      if (limit === undefined) return undefined;
      let value = 0;
      for (const instrument of view.instrumentsOf(intent.accountId, intent.instrument)) {
        if (rootOf(view, instrument) !== root) continue;
        const extra = instrument === intent.instrument ? intent : undefined;
        value += view.worstCase(intent.accountId, instrument, extra).size;
      }
      if (value <= limit) return undefined;
      return { rule: "RULE-002", code: "maxContractsPerInstrumentExceeded", limit, value };
    },
    monitor(accountId, view, settings) {
      const held = new Map<string, number>();
      const breaches: Breach[] = [];
      const oldestFirst = view.openPositions(accountId).toSorted((a, b) => a.openedAt - b.openedAt);
      for (const { instrument, qty } of oldestFirst) {
        const root = rootOf(view, instrument);
        const limit = limitOf(root, settings);
        const value = (held.get(root) ?? 0) + Math.abs(qty);
        held.set(root, value);
        if (limit === undefined || value <= limit) continue;
        const excess = Math.min(value - limit, Math.abs(qty)) as Lots;
        const code = "maxContractsPerInstrumentExceeded";
        const remedy: Breach["remedy"] =
          settings.onBreach === "close"
            ? { kind: "closeInstrument", instrument }
            : { kind: "closeExcess", instrument, qty: excess };
        breaches.push({ accountId, rule: "RULE-002", code, limit, value, remedy });
      }
      return { ...NOTHING_FOUND, breaches };
    },
    /** Of the product that is nearest to its limit. */
    used(accountId, view, settings) {
      let nearest = { used: 0, limit: settings.defaultLimit ?? 0 };
      const held = new Map<string, number>();
      for (const { instrument, qty } of view.openPositions(accountId)) {
        const root = rootOf(view, instrument);
        const limit = limitOf(root, settings);
        held.set(root, (held.get(root) ?? 0) + Math.abs(qty));
        const used = held.get(root) ?? 0;
        if (limit !== undefined && used * nearest.limit >= nearest.used * limit) nearest = { used, limit };
      }
      return nearest;
    },
  },
);

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
