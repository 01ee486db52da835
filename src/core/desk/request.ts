import type { AccountId, BotId, ClientOrderId, InstrumentId } from "#core/domain/ids.ts";
import type { Bracket, OrderTerms, Side, TimeInForce } from "#core/domain/order.ts";
import type { Lots } from "#core/domain/units.ts";
import type { Denial } from "#core/risk/denial.ts";
import type { Arming } from "./config.ts";

export type TradingState = "active" | "reducing" | "halted";

/** What a trading state or a pause applies to. */
export type HaltScope =
  | { readonly kind: "desk" }
  | { readonly kind: "account"; readonly accountId: AccountId }
  | { readonly kind: "bot"; readonly botId: BotId };

/** What a person or a program may ask of the running desk. */
export type Request =
  | {
      readonly kind: "submit";
      readonly accountId: AccountId;
      readonly instrument: InstrumentId;
      readonly side: Side;
      readonly qty: Lots;
      readonly terms: OrderTerms;
      readonly timeInForce: TimeInForce;
      readonly reduceOnly: boolean;
      readonly bracket: Bracket | null;
    }
  | { readonly kind: "cancel"; readonly clientOrderId: ClientOrderId }
  | {
      readonly kind: "modify";
      readonly clientOrderId: ClientOrderId;
      readonly qty: Lots;
      readonly terms: OrderTerms;
    }
  /** Closes one position, whole when `qty` is null. */
  | {
      readonly kind: "close";
      readonly accountId: AccountId;
      readonly instrument: InstrumentId;
      readonly qty: Lots | null;
    }
  /** Cancels entries, closes every position, verifies flat, cancels the rest. */
  | { readonly kind: "flatten"; readonly accountId: AccountId }
  | { readonly kind: "setTradingState"; readonly scope: HaltScope; readonly state: TradingState }
  /** Logs in at the venue again, though another login has taken the session too often. */
  | { readonly kind: "reconnect" }
  /** Changes what may be sent about an account. A step up needs the account's name typed once more. */
  | {
      readonly kind: "arm";
      readonly accountId: AccountId;
      readonly arming: Arming;
      readonly confirm: string | null;
    };

/** The answer to a request, given once its record is durable. */
export type RequestResult =
  | {
      readonly kind: "accepted";
      readonly clientOrderIds: readonly ClientOrderId[];
      /** What of the request does not apply, and why; null mostly. */
      readonly note: string | null;
    }
  | { readonly kind: "denied"; readonly denial: Denial }
  | { readonly kind: "impossible"; readonly reason: string };
