import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { RuleId } from "#core/domain/lockout.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";

/** How far a close-down has come. The order matters: protective orders go last, so a failed close stays covered. */
export type EnforcementStage = "cancelEntries" | "close" | "cancelRest";

/** A close-down in progress: of a whole account, one instrument, or the excess of one. */
export type Enforcement = {
  readonly enforcementId: string;
  readonly accountId: AccountId;
  readonly instrument: InstrumentId | null;
  /** Close only down to this many lots; zero for everything. */
  readonly keepQty: Lots;
  readonly cause: RuleId | "person" | "lockout" | "unprotected";
  readonly stage: EnforcementStage;
  readonly startedAt: EpochMs;
  /** Close orders sent so far, and when the next may go after one failed. */
  readonly attempts: number;
  readonly nextAttemptAt: EpochMs;
};
