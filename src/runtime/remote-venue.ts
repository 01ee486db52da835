import type { Arming } from "#core/desk/config.ts";
import type { DeskState } from "#core/desk/state.ts";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { VenueHealth } from "#ports/venue-health.ts";
import type { OnFeed, Venue } from "#ports/venue.ts";

/** A venue outside this process, as a session uses it. */
export type RemoteVenue = {
  /** For people: where it is. */
  readonly name: string;
  /** `epoch` tells the terms of this session apart; `held` are the contracts in which it holds something. */
  readonly connect: (
    onFeed: OnFeed,
    epoch: number,
    held: ReadonlyMap<InstrumentId, string>,
  ) => RemoteLink;
  /** Called before anything is sent when an earlier term left a state: what a venue in this process held then. */
  readonly resume?: (state: DeskState, now: EpochMs) => void;
  /** Market data of the past; `laps` is what the venue said of itself. */
  readonly history: (laps: number) => MarketDataSource;
  /** How far back views and indicators look when a desk starts, in milliseconds. */
  readonly historyMs: number;
  /**
   * How long history may take by the clock on the wall, where it is asked for: meanwhile only the market waits. Absent
   * for stored data, which is read before anything else.
   */
  readonly historyWithinMs?: number;
  /** What is played, where it has an end. */
  readonly period: ((laps: number) => Period) | null;
};

export type RemoteLink = Venue & {
  /** How the link is; absent where nobody tells, null before the venue was reached. */
  readonly health?: () => VenueHealth | null;
  /** Tries again at once, though others have taken the session too often; absent where it needs no word of a person. */
  readonly reconnect?: () => void;
  /** What the venue calls each account, once it was reached; absent where it knows them by our names. */
  readonly accounts?: () => ReadonlyMap<AccountId, string>;
  /** In which contract each instrument is traded, once it was reached; absent where they are called as here. */
  readonly contracts?: () => ReadonlyMap<InstrumentId, string>;
  /** What may be sent for an account from now on: a last line of defense behind the gate. */
  readonly arm?: (accountId: AccountId, arming: Arming) => void;
};

type Period = { readonly from: EpochMs; readonly until: EpochMs };
