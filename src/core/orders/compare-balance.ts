import { accountOf } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { AccountSnapshot } from "#core/domain/report.ts";
import { type Money, moneyToNumber } from "#core/domain/units.ts";
import { lookSoon, overdueAt } from "./answers.ts";
import { raise } from "./finding.ts";

/**
 * After all fills are booked both sides must have the same money, but for fees that are estimated. Where they do not,
 * the venue's counts from then on, and a person is told: once, since what was adopted does not differ any more. An
 * account that is compared for the first time has what the configuration says, which is nobody's mistake.
 */
export function compareBalance(
  turn: Turn,
  { accountId, asOf, standing }: Pick<AccountSnapshot, "accountId" | "asOf" | "standing">,
): void {
  if (standing === undefined) return;
  const { balance: ours, lastFill, reconciledAt } = accountOf(turn.state, accountId);
  const { balance } = standing;
  const added = (balance - ours) as Money;
  const estimated = estimatedFees(turn, accountId);
  if (added <= estimated && -added <= estimated) return;
  // The venue may count a fill a little after it has told of it.
  if (lastFill !== null && asOf < overdueAt(turn, lastFill.at)) return lookSoon(turn, accountId);
  turn.emit({ kind: "balanceAdopted", accountId, at: turn.now, balance, added });
  if (reconciledAt === 0) return;
  const text = `the venue's balance is ${amount(balance)}, ours was ${amount(ours)}: ${amount(added)} is in no day's result here, so no limit on losses counts it. The venue's balance counts from now on; see at the firm what it was`;
  raise(turn, accountId, { code: "balanceMismatch", text });
}

/** Of today: by how much the venue's word may still be another. */
function estimatedFees(turn: Turn, accountId: AccountId): bigint {
  const since = turn.market.dayStart(turn.now);
  let sum = 0n;
  for (const { fill, isVoided } of turn.state.recentFills.values()) {
    if (fill.accountId !== accountId || fill.at < since || isVoided) continue;
    if (fill.isFeeEstimated === true) sum += fill.fee;
  }
  return sum;
}

function amount(value: Money): string {
  return moneyToNumber(value).toFixed(2);
}
