import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";

/** How a link to a venue is, for status and screens. Ages and lives are as of the moment of asking. */
export type VenueHealth = {
  readonly link: "up" | "down";
  /** Why it is as it is. */
  readonly reason: string;
  readonly now: EpochMs;
  /** Null while there is no session. */
  readonly tokenLifeLeftMs: number | null;
  readonly userHub: HubHealth;
  readonly marketHub: HubHealth;
  /** Requests that may still go before our own limit. */
  readonly budgetLeft: { readonly general: number; readonly history: number };
  /** How far our clock is certainly ahead of the venue's; below zero behind. */
  readonly clockSkewMs: number;
  /** How often somebody else has taken our session within ten minutes. */
  readonly displacedCount: number;
  /** Whether that was too often, so that we have stopped logging in until a person says otherwise. */
  readonly isDisplaced: boolean;
  /** Accounts that are being compared with the venue right now. */
  readonly reconciling: readonly AccountId[];
  /** Market data refused because their prices lie between two ticks. */
  readonly offTickCount: number;
  readonly accounts: readonly AccountHealth[];
  /** Which contract stands for which instrument, and why one has none. */
  readonly contracts: readonly {
    readonly instrument: InstrumentId;
    readonly contractId: string | null;
    readonly problem: string | null;
  }[];
};

export type HubHealth = {
  readonly isUp: boolean;
  readonly lastMessageAgeMs: number | null;
  /** Connections tried since the start. */
  readonly attempts: number;
};

export type AccountHealth = {
  readonly accountId: AccountId;
  readonly name: string;
  /** As the venue last told, in the currency of the account. */
  readonly balance: number | null;
  readonly canTrade: boolean | null;
};
