import type { AccountId, BotId, InstrumentId, SessionId, VenueId } from "#core/domain/ids.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import type { DurationMs, Money } from "#core/domain/units.ts";

/** `observe` sends nothing, `guard` only what reduces risk, `trade` everything the gate approves. */
export type Arming = "observe" | "guard" | "trade";

/** One execution of the desk, with everything it may depend on resolved. Enters as an event. */
export type SessionConfig = {
  readonly sessionId: SessionId;
  readonly mode: "backtest" | "replay" | "paper" | "shadow" | "live" | "collect";
  readonly instruments: readonly Instrument[];
  readonly accounts: readonly AccountConfig[];
  readonly bots: readonly BotConfig[];
  readonly queue: QueueLimits;
  /** How long an answer from the venue may take before the order counts as unconfirmed. */
  readonly answerTimeout: DurationMs;
  /** How often accounts are compared with the venue though nothing is suspicious; null where nothing can get lost. */
  readonly reconcileEvery: ReconcileEvery | null;
  /** Hashes of what was resolved (configuration files, data, strategy sources), by name. */
  readonly sources: Readonly<Record<string, string>>;
};

export type AccountConfig = {
  readonly accountId: AccountId;
  readonly venueId: VenueId;
  readonly arming: Arming;
  /** Who keeps the stop and target of an entry: the desk places them, or the venue takes them with the entry. */
  readonly brackets: "desk" | "venue";
  readonly startBalance: Money;
  /** The settings of `core/risk/limits.ts`, as written. */
  readonly limits: PlainData;
  /** Settings of each enabled rule by its key, as written. */
  readonly rules: Readonly<Record<string, PlainData>>;
};

/** `exposed`: while the account holds a position or works an order. */
export type ReconcileEvery = { readonly idle: DurationMs; readonly exposed: DurationMs };

export type BotConfig = {
  readonly botId: BotId;
  readonly name: string;
  readonly enabled: boolean;
  readonly accountId: AccountId;
  readonly instrument: InstrumentId;
  readonly strategy: string;
  readonly params: PlainData;
  readonly risk: PlainData;
};

/** Bounds of the queue between the gate and the venue. */
export type QueueLimits = {
  readonly capacity: number;
  /** Orders released per second and account, and how many may go at once. */
  readonly perSecond: number;
  readonly burst: number;
  /** How long an order may wait: one that takes what the market gives, and one with a limit price. */
  readonly marketTtl: DurationMs;
  readonly limitTtl: DurationMs;
};
