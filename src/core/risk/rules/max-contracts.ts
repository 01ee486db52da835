import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import { choice, integer, object, optional } from "#core/domain/settings.ts";
import type { Lots } from "#core/domain/units.ts";
import type { Breach } from "#core/risk/breach.ts";
import type { RiskView } from "#core/risk/risk-view.ts";
import { NOTHING_FOUND, rule } from "#core/risk/rule.ts";

type Unit = "contracts" | "miniEquivalents";

/** RULE-001. Holds the contracts of an account, over all instruments, to a limit. Equality is allowed. */
export const maxContracts = rule(
  object({
    limit: integer({ min: 0 }),
    /** A micro counts a tenth in `miniEquivalents`. */
    unit: optional(choice("contracts", "miniEquivalents"), "contracts"),
    /** `gross` adds sizes; `net` lets a long offset a short of another instrument. */
    count: optional(choice("gross", "net"), "gross"),
    onBreach: optional(choice("reduce", "close_all"), "reduce"),
  }),
  {
    id: "RULE-001",
    key: "max_contracts",
    title: "Maximum contracts of the account",
    check(intent, view, { limit, unit, count }) {
      const { accountId } = intent;
      let long = 0;
      let short = 0;
      let gross = 0;
      for (const instrument of view.instrumentsOf(accountId, intent.instrument)) {
        const extra = instrument === intent.instrument ? intent : undefined;
        const worst = view.worstCase(accountId, instrument, extra);
        const tenths = tenthsOf(view, instrument, unit);
        gross += worst.size * tenths;
        long += worst.long * tenths;
        short += worst.short * tenths;
      }
      const value = (count === "gross" ? gross : Math.max(Math.abs(long), Math.abs(short))) / 10;
      if (value <= limit) return undefined;
      return { rule: "RULE-001", code: "maxContractsExceeded", limit, value };
    },
    monitor(accountId, view, settings) {
      const held = heldBy(accountId, view, settings.unit);
      const value = (settings.count === "gross" ? held.gross : Math.abs(held.net)) / 10;
      if (value <= settings.limit) return NOTHING_FOUND;
      const breach = breachOf(accountId, value, settings.limit);
      if (settings.onBreach === "close_all") {
        return { ...NOTHING_FOUND, breaches: [{ ...breach, remedy: { kind: "flatten" } }] };
      }
      const excess = excessOf(accountId, view, { ...settings, value, net: held.net });
      return { ...NOTHING_FOUND, breaches: [{ ...breach, remedy: excess }] };
    },
    used(accountId, view, { limit, unit, count }) {
      const held = heldBy(accountId, view, unit);
      return { used: (count === "gross" ? held.gross : Math.abs(held.net)) / 10, limit };
    },
  },
);

/** In tenths of a contract. */
function heldBy(accountId: AccountId, view: RiskView, unit: Unit): { gross: number; net: number } {
  let gross = 0;
  let net = 0;
  for (const position of view.openPositions(accountId)) {
    const tenths = tenthsOf(view, position.instrument, unit);
    gross += Math.abs(position.qty) * tenths;
    net += position.qty * tenths;
  }
  return { gross, net };
}

/** Closes what was opened last, on the heavy side when sides offset each other. */
function excessOf(
  accountId: AccountId,
  view: RiskView,
  found: {
    readonly limit: number;
    readonly value: number;
    readonly net: number;
    readonly unit: Unit;
    readonly count: "gross" | "net";
  },
): Breach["remedy"] {
  const [last] = view
    .openPositions(accountId)
    .filter(({ qty }) => found.count === "gross" || Math.sign(qty) === Math.sign(found.net))
    .toSorted((a, b) => b.openedAt - a.openedAt);
  if (last === undefined) return { kind: "flatten" };
  const tenths = tenthsOf(view, last.instrument, found.unit);
  const excessTenths = Math.round((found.value - found.limit) * 10);
  const qty = Math.min(Math.ceil(excessTenths / tenths), Math.abs(last.qty));
  return { kind: "closeExcess", instrument: last.instrument, qty: qty as Lots };
}

function breachOf(accountId: AccountId, value: number, limit: number): Omit<Breach, "remedy"> {
  return { accountId, rule: "RULE-001", code: "maxContractsExceeded", limit, value };
}

/** What one lot counts, in tenths, so that sums stay whole: a micro is one tenth of a mini. */
function tenthsOf(view: RiskView, instrument: InstrumentId, unit: Unit): number {
  return unit === "contracts" ? 10 : (view.market.instrument(instrument)?.weightTenths ?? 10);
}
