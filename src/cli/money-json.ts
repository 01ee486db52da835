import { moneyFrom } from "#core/domain/units.ts";
import type { Denial, DenialCode } from "#core/risk/denial.ts";
import type { VenueHealth } from "#ports/venue-health.ts";
import type { DeskStatus, LimitUsed } from "#runtime/status.ts";

/** A status for programs: money in millionths wherever it stands, as the README says. */
export function statusJson(status: DeskStatus): unknown {
  return {
    ...status,
    accounts: status.accounts.map((account) => ({
      ...account,
      limits: account.limits.map(limitJson),
    })),
    venue: status.venue === null ? null : venueJson(status.venue),
    denials: status.denials.map(({ denial, ...rest }) => ({
      ...rest,
      denial: inMillionths(denial),
    })),
    incidents: status.incidents.map((incident) =>
      incident.kind === "breach"
        ? { ...incident, breach: inMillionths(incident.breach) }
        : incident,
    ),
  };
}

function venueJson(venue: VenueHealth): unknown {
  return {
    ...venue,
    accounts: venue.accounts.map((account) => ({
      ...account,
      balance: millionths(account.balance),
    })),
  };
}

type InRuleUnit = Pick<Denial, "limit" | "value"> & { readonly code: string };

/** A denial or a breach for programs; the limit and the value of those about money are millionths. */
export function inMillionths(found: InRuleUnit): object {
  if (!IN_MONEY.has(found.code)) return found;
  return { ...found, limit: millionths(found.limit), value: millionths(found.value) };
}

/** Codes whose limit and value are units of the account's currency. */
const IN_MONEY: ReadonlySet<string> = new Set<DenialCode>([
  "notionalExceeded",
  "botDailyLossReached",
  "botDrawdownReached",
  "dailyLossReached",
  "dailyLossAtRisk",
]);

function limitJson(limit: LimitUsed): unknown {
  if (limit.unit !== "money") return limit;
  return { ...limit, used: millionths(limit.used), limit: millionths(limit.limit) };
}

function millionths(value: Denial["value"]): bigint | string | null {
  return typeof value === "number" ? moneyFrom(value) : value;
}
