import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import { choice, integer, object, optional } from "#core/domain/settings.ts";
import type { Lots } from "#core/domain/units.ts";
import type { Breach } from "#core/risk/breach.ts";
import { type RiskView, oldestFirst } from "#core/risk/risk-view.ts";
import { NOTHING_FOUND, rule } from "#core/risk/rule.ts";

const EXCEEDED = "maxContractsExceeded";
const FLATTEN = { kind: "flatten" } as const;

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
    unit: "lots",
    check(intent, view, settings) {
      const { limit } = settings;
      const value = worstOf(intent.accountId, view, settings, intent);
      if (value <= limit) return undefined;
      return { rule: "RULE-001", code: EXCEEDED, limit, value };
    },
    monitor(accountId, view, { limit, unit, count, onBreach }) {
      const held = heldBy(accountId, view, unit);
      const tenths = count === "gross" ? held.gross : Math.abs(held.net);
      if (tenths <= limit * 10) return NOTHING_FOUND;
      const heavy = count === "gross" ? 0 : Math.sign(held.net);
      const excess = { accountId, tenths: tenths - limit * 10, heavy, unit };
      const remedy = onBreach === "close_all" ? FLATTEN : reductionBy(excess, view);
      const value = tenths / 10;
      const breach = { accountId, rule: "RULE-001", code: EXCEEDED, limit, value, remedy } as const;
      return { ...NOTHING_FOUND, breaches: [breach] };
    },
    used(accountId, view, settings) {
      return { used: worstOf(accountId, view, settings), limit: settings.limit };
    },
  },
);

/** Contracts of an account at worst, everything that may still fill included (R9); `intent` is one more. */
function worstOf(
  accountId: AccountId,
  view: RiskView,
  { unit, count }: { readonly unit: Unit; readonly count: "gross" | "net" },
  intent?: OrderIntent,
): number {
  let long = 0;
  let short = 0;
  let gross = 0;
  for (const instrument of view.instrumentsOf(accountId, intent?.instrument)) {
    const extra = instrument === intent?.instrument ? intent : undefined;
    const worst = view.worstCase(accountId, instrument, extra);
    const tenths = tenthsOf(view, instrument, unit);
    gross += worst.size * tenths;
    long += worst.long * tenths;
    short += worst.short * tenths;
  }
  return (count === "gross" ? gross : Math.max(Math.abs(long), Math.abs(short))) / 10;
}

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

/** Closes of what was opened last as much as is too much, at most all of it; what is still too much comes next. */
function reductionBy(
  excess: {
    readonly accountId: AccountId;
    readonly tenths: number;
    /** The side that counts where sides offset each other; zero where both do. */
    readonly heavy: number;
    readonly unit: Unit;
  },
  view: RiskView,
): Breach["remedy"] {
  const last = oldestFirst(view.openPositions(excess.accountId)).findLast(
    ({ qty }) => excess.heavy === 0 || Math.sign(qty) === excess.heavy,
  );
  invariant(last !== undefined, "too many contracts are held in some position");
  const { instrument, qty } = last;
  const lots = Math.ceil(excess.tenths / tenthsOf(view, instrument, excess.unit));
  return { kind: "closeExcess", instrument, qty: Math.min(lots, Math.abs(qty)) as Lots };
}

/** What one lot counts, in tenths, so that sums stay whole: a micro is one tenth of a mini. */
function tenthsOf(view: RiskView, instrument: InstrumentId, unit: Unit): number {
  return unit === "contracts" ? 10 : (view.market.instrument(instrument)?.weightTenths ?? 10);
}
