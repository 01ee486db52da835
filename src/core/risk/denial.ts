import type { RuleId } from "#core/domain/lockout.ts";

/** Why the gate said no: data first, the sentence is made at the edge. */
export type Denial = {
  /** The rule that decided, or `GATE` for the checks every account has, or `BOT` for the limits of one bot. */
  readonly rule: RuleId | "GATE" | "BOT";
  readonly code: DenialCode;
  /** The limit in force and the value found, in the unit the code implies. Null where there is no number. */
  readonly limit: number | string | null;
  readonly value: number | string | null;
};

/** Every reason the gate can give; a rule adds its own here so that no sentence is missing at the edge. */
export type DenialCode =
  | "accountUnknown"
  | "instrumentUnknown"
  | "instrumentNotAllowed"
  | "qtyMustBePositive"
  | "priceMustBePositive"
  | "tradingHalted"
  | "tradingReducing"
  | "accountNotReady"
  | "accountStopped"
  | "accountLocked"
  | "flattenRunning"
  | "reduceOnlyWouldIncrease"
  | "orderSizeExceeded"
  | "notionalExceeded"
  | "priceOutsideCollar"
  | "noReferencePrice"
  | "staleMarketData"
  | "positionLimitExceeded"
  | "openOrderLimitExceeded"
  | "duplicateOrder"
  | "selfMatch"
  | "messageBudgetExhausted"
  | "outsideTradingHours"
  | "queueFull"
  | "notArmed"
  | "journalNotWritable"
  | "deskDegraded"
  | "botNotRunning"
  | "botSignalLimitReached"
  | "botPositionLimitExceeded"
  | "botDailyLossReached"
  | "botDrawdownReached"
  | "botOutsideHours"
  | "riskTooSmallForOneLot"
  | "rewardTooSmall"
  | "maxContractsExceeded"
  | "maxContractsPerInstrumentExceeded"
  | "instrumentBlocked"
  | "dailyLossReached"
  | "dailyLossAtRisk"
  | "stopRequired"
  | "stopTooFar";

/** A denial by the checks every account has. */
export function denied(
  code: DenialCode,
  found: { readonly limit?: Denial["limit"]; readonly value?: Denial["value"] } = {},
): Denial {
  return { rule: "GATE", code, limit: found.limit ?? null, value: found.value ?? null };
}
