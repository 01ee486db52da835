import type { AccountId, BotId, ClientOrderId, InstrumentId, RequestId } from "#core/domain/ids.ts";
import type { AccountSnapshot, OrderReport } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import type { SessionConfig } from "./config.ts";
import type { Request } from "./request.ts";

/**
 * Market events: on the tape, journaled only when they had an outcome. `clockAdvanced` says that time passed and
 * nothing traded, so that bars close.
 */
export type MarketEvent =
  | TradeTick
  | Quote
  | { readonly kind: "clockAdvanced"; readonly at: EpochMs };

/** Everything else that happens to the desk. Always journaled. */
export type InputEvent =
  /** First event of a session: its whole configuration, resolved. */
  | { readonly kind: "sessionOpened"; readonly at: EpochMs; readonly config: SessionConfig }
  /** A process took over the session. `epoch` comes from the lease and only rises. */
  | { readonly kind: "deskStarted"; readonly at: EpochMs; readonly epoch: number }
  /** What the venue calls an account, told with every start before anything is sent about it. */
  | {
      readonly kind: "accountFound";
      readonly at: EpochMs;
      readonly accountId: AccountId;
      readonly venueAccount: string;
    }
  /** In which contract of the venue an instrument is traded, told with every start before anything is sent in it. */
  | {
      readonly kind: "contractFound";
      readonly at: EpochMs;
      readonly instrument: InstrumentId;
      readonly venueContract: string;
    }
  /** Market events until `warmupEnded` are history: they build views and bring no orders. */
  | { readonly kind: "warmupBegan"; readonly at: EpochMs }
  | { readonly kind: "warmupEnded"; readonly at: EpochMs }
  | {
      readonly kind: "requestReceived";
      readonly at: EpochMs;
      readonly requestId: RequestId;
      readonly by: string;
      readonly request: Request;
    }
  | { readonly kind: "orderReported"; readonly at: EpochMs; readonly report: OrderReport }
  | { readonly kind: "accountReported"; readonly at: EpochMs; readonly snapshot: AccountSnapshot }
  /** The venue lets an account open positions, or does not any more. */
  | {
      readonly kind: "standingReported";
      readonly at: EpochMs;
      readonly accountId: AccountId;
      readonly canTrade: boolean;
    }
  | {
      readonly kind: "linkChanged";
      readonly at: EpochMs;
      readonly up: boolean;
      readonly reason: string;
    }
  /** Something makes entries unsafe though the link stands, such as a clock that is off; null when it is over. */
  | { readonly kind: "degradedChanged"; readonly at: EpochMs; readonly reason: string | null }
  | { readonly kind: "timerFired"; readonly at: EpochMs; readonly dueAt: EpochMs }
  /** A durable order was not sent after all: `maySend` said no at the last moment. */
  | {
      readonly kind: "sendWithheld";
      readonly at: EpochMs;
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    }
  | {
      readonly kind: "botFailed";
      readonly at: EpochMs;
      readonly botId: BotId;
      readonly reason: string;
    }
  /** The journal cannot be written (or can again): no entries meanwhile. */
  | {
      readonly kind: "journalChanged";
      readonly at: EpochMs;
      readonly writable: boolean;
      readonly reason: string;
    }
  /** First record of a journal that replaces a damaged one: the state that could still be read (see `encodeState`). */
  | { readonly kind: "stateSalvaged"; readonly at: EpochMs; readonly state: string }
  /** Recovery could not trust the journal: nothing but venue truth, cancels and closes from here on. */
  | { readonly kind: "safeModeEntered"; readonly at: EpochMs; readonly reason: string }
  /** A graceful stop: entries are canceled, protection stays at the venue. */
  | { readonly kind: "stopRequested"; readonly at: EpochMs };

export type DeskEvent = MarketEvent | InputEvent;

export function isMarketEvent(event: DeskEvent): event is MarketEvent {
  return event.kind === "tradeTick" || event.kind === "quote" || event.kind === "clockAdvanced";
}
