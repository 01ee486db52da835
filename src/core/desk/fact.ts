import type {
  AccountId,
  BotId,
  ClientOrderId,
  FillId,
  InstrumentId,
  RequestId,
  VenueOrderId,
} from "#core/domain/ids.ts";
import type { Lockout, RuleId } from "#core/domain/lockout.ts";
import type { Fill, Order, OrderIntent, OrderSource, OrderTerms } from "#core/domain/order.ts";
import type { Position, RoundTrip } from "#core/domain/position.ts";
import type { TradingDay } from "#core/domain/trading-day.ts";
import type { EpochMs, Lots, Money } from "#core/domain/units.ts";
import type { BracketGroup } from "#core/orders/bracket-group.ts";
import type { Breach } from "#core/risk/breach.ts";
import type { Denial } from "#core/risk/denial.ts";
import type { Enforcement } from "#core/risk/enforcement-state.ts";
import type { BotStatus, Signal, StoreValue } from "#core/strategy/bot-state.ts";
import type { Arming, SessionConfig } from "./config.ts";
import type { HaltScope, Request, RequestResult, TradingState } from "./request.ts";
import type { BookedFill, LedgerChange, UnknownHolding } from "./state.ts";

export type SessionFact =
  | { readonly kind: "sessionOpened"; readonly config: SessionConfig }
  /** The state of an older journal, whole; what it held then is in its text (see `encodeState`). */
  | { readonly kind: "stateSalvaged"; readonly state: string }
  | { readonly kind: "deskStarted"; readonly epoch: number; readonly at: EpochMs }
  /** No entries from here on, until a process is started again. */
  | { readonly kind: "deskStopping"; readonly at: EpochMs }
  | {
      readonly kind: "tradingStateChanged";
      readonly scope: HaltScope;
      readonly state: TradingState;
      readonly reason: string;
    }
  /** Entries of the account wait (`ready` false) until the venue's truth has been compared with ours. */
  | {
      readonly kind: "accountReadyChanged";
      readonly accountId: AccountId;
      readonly ready: boolean;
      readonly asOf: EpochMs;
      readonly reason: string;
    }
  /** The account is the one that the venue calls so. */
  | {
      readonly kind: "accountIdentified";
      readonly accountId: AccountId;
      readonly venueAccount: string;
      readonly at: EpochMs;
    }
  /** The instrument is traded in this contract of the venue from here on. */
  | {
      readonly kind: "contractIdentified";
      readonly instrument: InstrumentId;
      readonly venueContract: string;
      readonly at: EpochMs;
    }
  /** A person changed what may be sent about an account. */
  | {
      readonly kind: "armingChanged";
      readonly accountId: AccountId;
      readonly arming: Arming;
      readonly by: string;
      readonly at: EpochMs;
    }
  /** The venue does not keep the legs of this account's entries after all. */
  | {
      readonly kind: "bracketsChanged";
      readonly accountId: AccountId;
      readonly brackets: "desk" | "venue";
    }
  /** The venue has stopped the account, so that it may open nothing (`canTrade` false), or lets it trade again. */
  | {
      readonly kind: "standingChanged";
      readonly accountId: AccountId;
      readonly canTrade: boolean;
      readonly at: EpochMs;
    }
  /** Why the link to the venue is down; null when it stands again. */
  | { readonly kind: "linkChanged"; readonly problem: string | null }
  /** A person says that the link may log in again: the other login is over. */
  | { readonly kind: "reconnectRequested"; readonly by: string; readonly at: EpochMs }
  /** No entries of any account while there is a reason; null when it is gone. */
  | { readonly kind: "degradedChanged"; readonly reason: string | null }
  /** The journal could not be written, or can be again: no entries while it cannot. */
  | { readonly kind: "journalWritableChanged"; readonly writable: boolean; readonly reason: string }
  | {
      readonly kind: "requestHandled";
      readonly requestId: RequestId;
      readonly request: Request;
      readonly result: RequestResult;
    }
  /** What the venue told and what we had differ; `text` says both. */
  | {
      readonly kind: "findingRaised";
      readonly accountId: AccountId;
      readonly code: string;
      readonly text: string;
    }
  /** What the venue holds in instruments that the session does not know is something else now. */
  | {
      readonly kind: "unknownHeld";
      readonly accountId: AccountId;
      readonly holdings: readonly UnknownHolding[];
    };

export type OrderFact =
  | {
      readonly kind: "orderDenied";
      readonly at: EpochMs;
      readonly intent: OrderIntent;
      readonly denial: Denial;
    }
  /** Passed the gate; its exposure is reserved from here on. */
  | { readonly kind: "orderApproved"; readonly order: Order }
  | { readonly kind: "orderSubmitted"; readonly clientOrderId: ClientOrderId; readonly at: EpochMs }
  | {
      readonly kind: "orderAccepted";
      readonly clientOrderId: ClientOrderId;
      readonly venueOrderId: VenueOrderId;
    }
  | {
      readonly kind: "orderRejected";
      readonly clientOrderId: ClientOrderId;
      readonly at: EpochMs;
      readonly reason: string;
    }
  | {
      readonly kind: "orderUnconfirmed";
      readonly clientOrderId: ClientOrderId;
      readonly at: EpochMs;
      readonly reason: string;
    }
  | {
      readonly kind: "orderCanceled";
      readonly clientOrderId: ClientOrderId;
      readonly at: EpochMs;
      readonly venueFilledQty: Lots;
      readonly reason: string;
    }
  | {
      readonly kind: "orderExpired";
      readonly clientOrderId: ClientOrderId;
      readonly at: EpochMs;
      readonly venueFilledQty: Lots;
      readonly reason: string;
    }
  | {
      readonly kind: "cancelRequested";
      readonly clientOrderId: ClientOrderId;
      readonly at: EpochMs;
    }
  | {
      readonly kind: "cancelRejected";
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    }
  | {
      readonly kind: "modifyRequested";
      readonly clientOrderId: ClientOrderId;
      readonly at: EpochMs;
      readonly qty: Lots;
      readonly terms: OrderTerms;
    }
  | {
      readonly kind: "orderModified";
      readonly clientOrderId: ClientOrderId;
      readonly qty: Lots;
      readonly terms: OrderTerms;
    }
  | {
      readonly kind: "modifyRejected";
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    }
  /** An order found at the venue that is not ours; counted and guarded from here on (R14). */
  | { readonly kind: "orderAdopted"; readonly order: Order }
  | { readonly kind: "bracketChanged"; readonly group: BracketGroup }
  | { readonly kind: "bracketClosed"; readonly entryId: ClientOrderId };

export type PositionFact =
  /** One fill, with what it did: realized PnL before fees, the position after it, the round trip it ended. */
  | {
      readonly kind: "fillBooked";
      readonly fill: Fill;
      readonly tradingDay: TradingDay;
      /** Whose trip this fill belongs to. */
      readonly owner: OrderSource;
      readonly grossPnl: Money;
      readonly position: Position;
      readonly roundTrip: RoundTrip | null;
    }
  /** One that cannot be valued, of an instrument that the session does not know: a person was told, once. */
  | {
      readonly kind: "fillPassedOver";
      readonly accountId: AccountId;
      readonly fillId: FillId;
      readonly at: EpochMs;
    }
  /** The venue changed its word about a fill, or one before it was voided: `booked` is what counts now. */
  | {
      readonly kind: "fillCorrected";
      readonly at: EpochMs;
      readonly booked: BookedFill;
      readonly added: LedgerChange;
    }
  /** The venue took a fill back: nothing of it counts any more, and the position is what it would be without it. */
  | {
      readonly kind: "fillVoided";
      readonly at: EpochMs;
      readonly booked: BookedFill;
      readonly added: LedgerChange;
      readonly position: Position;
    }
  /** The venue's balance replaced ours, so much more or less, after they differed. Days keep what they have earned. */
  | {
      readonly kind: "balanceAdopted";
      readonly accountId: AccountId;
      readonly at: EpochMs;
      readonly balance: Money;
      readonly added: Money;
    }
  /** The venue's position replaced ours after they differed. */
  | { readonly kind: "positionAdopted"; readonly position: Position };

export type RiskFact =
  | { readonly kind: "breachFound"; readonly at: EpochMs; readonly breach: Breach }
  /** The condition of a breach no longer holds. */
  | { readonly kind: "breachEnded"; readonly at: EpochMs; readonly key: string }
  | {
      readonly kind: "lossWarned";
      readonly accountId: AccountId;
      readonly rule: RuleId;
      readonly tradingDay: TradingDay;
      readonly share: number;
    }
  | { readonly kind: "accountLocked"; readonly lockout: Lockout }
  | {
      readonly kind: "lockoutEnded";
      readonly lockoutId: string;
      readonly at: EpochMs;
      readonly by: "time" | "admin";
    }
  /** The position needs more stop quantity than it has, since this instant; null when it is covered again. */
  | {
      readonly kind: "protectionChanged";
      readonly accountId: AccountId;
      readonly instrument: InstrumentId;
      readonly unprotectedSince: EpochMs | null;
    }
  | { readonly kind: "enforcementChanged"; readonly enforcement: Enforcement }
  | { readonly kind: "enforcementEnded"; readonly enforcementId: string; readonly at: EpochMs };

export type BotFact =
  | { readonly kind: "botStatusChanged"; readonly botId: BotId; readonly status: BotStatus }
  | {
      readonly kind: "signalGenerated";
      readonly botId: BotId;
      readonly tradingDay: TradingDay;
      readonly signal: Signal;
    }
  | {
      readonly kind: "storeChanged";
      readonly botId: BotId;
      readonly key: string;
      readonly value: StoreValue;
    };

/** What the desk tells, past tense. Folding facts is the only way durable state changes. */
export type Fact = SessionFact | OrderFact | PositionFact | RiskFact | BotFact;
