import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Side } from "#core/domain/order.ts";
import type { DurationMs, EpochMs, Lots, Money, Ticks } from "#core/domain/units.ts";
import type { FillModel } from "./fill-model.ts";

/** One way each. Constant, so that commands and reports keep their order as on one connection. */
export type Latency = { readonly toVenueMs: DurationMs; readonly toDeskMs: DurationMs };

/** What a fee depends on. `maker`: the order rested and was met; `taker`: it met the touch. */
export type Execution = {
  readonly accountId: AccountId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly qty: Lots;
  readonly price: Ticks;
  readonly liquidity: "maker" | "taker";
  readonly at: EpochMs;
};

/** Every function here is pure: the same arguments give the same answer for ever. */
export type VenueOptions = {
  readonly accounts: readonly AccountId[];
  readonly instruments: readonly InstrumentId[];
  readonly latency: Latency;
  readonly fillModel: FillModel;
  readonly isOpen: (instrument: InstrumentId, at: EpochMs) => boolean;
  /** When the trading day that `at` belongs to ends; later than `at`. */
  readonly dayEnd: (instrument: InstrumentId, at: EpochMs) => EpochMs;
  /** Fees and commissions of one fill, positive when paid. */
  readonly feeOf: (execution: Execution) => Money;
  /**
   * Bracket legs may be `plain` orders, as at ProjectX: they stay when the position is closed
   * otherwise, and may then open a new one. Or they may be `reduceOnly`.
   */
  readonly bracketLegs: "plain" | "reduceOnly";
  /** Begins every venue order id and fill id, to keep those of several venues or runs apart. */
  readonly idPrefix: string;
};

export function checkOptions(options: VenueOptions): void {
  const { toVenueMs, toDeskMs } = options.latency;
  const { participation } = options.fillModel;
  invariant(isWholeMs(toVenueMs) && isWholeMs(toDeskMs), "latency is zero or more whole ms");
  invariant(participation > 0 && participation <= 1, "participation is above 0 and at most 1");
}

function isWholeMs(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
