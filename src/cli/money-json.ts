import { moneyFrom } from "#core/domain/units.ts";
import type { Denial, DenialCode } from "#core/risk/denial.ts";
import type { DeskStatus, LimitUsed } from "#runtime/status.ts";

/** A status for programs: money in millionths wherever it stands, as the README says. */
export function statusJson(status: DeskStatus): unknown {
  return {
    ...status,
    accounts: status.accounts.map((account) => ({
      ...account,
      limits: account.limits.map(limitJson),
    })),
    denials: status.denials.map(({ denial, ...rest }) => ({ ...rest, denial: denialJson(denial) })),
  };
}

/** A denial for programs; the limit and the value of those about money are millionths. */
export function denialJson(denial: Denial): unknown {
  if (!IN_MONEY.has(denial.code)) return denial;
  return { ...denial, limit: millionths(denial.limit), value: millionths(denial.value) };
}

/** Codes whose limit and value are units of the account's currency. */
const IN_MONEY: ReadonlySet<DenialCode> = new Set([
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
