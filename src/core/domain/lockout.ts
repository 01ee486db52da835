import type { AccountId, InstrumentId } from "./ids.ts";
import type { EpochMs } from "./units.ts";

export type RuleId = `RULE-${string}`;

/** What a lockout closes: a whole account or one instrument of it. */
export type LockoutScope =
  | { readonly kind: "account" }
  | { readonly kind: "instrument"; readonly instrument: InstrumentId };

/**
 * No new orders until a given instant. Several may be active for one account; each ends by itself and never
 * shortens another (R11). It holds until its end is a fact, which waits until nothing works at the venue any more.
 * `until` null means that only an admin ends it.
 */
export type Lockout = {
  readonly lockoutId: string;
  readonly accountId: AccountId;
  readonly scope: LockoutScope;
  readonly rule: RuleId | "person" | "safeMode";
  readonly kind: "hard" | "cooldown";
  readonly reason: string;
  readonly startedAt: EpochMs;
  readonly until: EpochMs | null;
};
