import type { DeskState } from "#core/desk/state.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import type { Enforcement } from "./enforcement-state.ts";

type Where = Pick<OrderIntent, "accountId" | "instrument">;

/** The lockout that holds an entry longest; undefined when none does. */
export function lockoutOn(entry: Where, state: DeskState): Lockout | undefined {
  let longest: Lockout | undefined;
  for (const lockout of state.lockouts.values()) {
    const { accountId, scope } = lockout;
    if (accountId !== entry.accountId) continue;
    if (scope.kind === "instrument" && scope.instrument !== entry.instrument) continue;
    if (longest === undefined || endOf(lockout) > endOf(longest)) longest = lockout;
  }
  return longest;
}

/** The close-down that is taking away what an entry would add to; undefined when none runs there. */
export function closeDownOf(entry: Where, state: DeskState): Enforcement | undefined {
  for (const enforcement of state.enforcements.values()) {
    if (enforcement.accountId !== entry.accountId) continue;
    if (enforcement.instrument === null || enforcement.instrument === entry.instrument) {
      return enforcement;
    }
  }
  return undefined;
}

function endOf({ until }: Lockout): number {
  return until ?? Number.POSITIVE_INFINITY;
}
