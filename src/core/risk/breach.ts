import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { RuleId } from "#core/domain/lockout.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";

/** What a breach makes the desk do. Stronger remedies come later in this list and win per scope. */
export type Remedy =
  | { readonly kind: "alert" }
  | { readonly kind: "closeExcess"; readonly instrument: InstrumentId; readonly qty: Lots }
  | { readonly kind: "closeInstrument"; readonly instrument: InstrumentId }
  | { readonly kind: "flatten" }
  /** Flatten and no new orders until the instant. */
  | { readonly kind: "flattenAndLock"; readonly until: EpochMs };

/** A rule found broken by what already happened. `limit` and `value` are in the unit of the rule. */
export type Breach = {
  readonly accountId: AccountId;
  readonly rule: RuleId;
  readonly code: string;
  readonly limit: number;
  readonly value: number;
  readonly remedy: Remedy;
};

/** Names an episode: as long as its condition holds, a breach is told once. */
export function breachKey(breach: Pick<Breach, "accountId" | "rule" | "remedy">): string {
  const { accountId, rule, remedy } = breach;
  const scope = "instrument" in remedy ? remedy.instrument : "account";
  return `${accountId}/${rule}/${scope}`;
}
