import { onTestFinished } from "vitest";
import type { SubmitOrder, VenueCommand } from "#core/desk/command.ts";
import { type EpochMs, epochMs, lots, ticks } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { FeedEvent, OnFeed } from "#ports/venue.ts";
import type { RemoteVenue } from "#runtime/remote-venue.ts";
import { AttachedDesk } from "./attached-desk.ts";
import { ACCOUNT, GOLD, OPENING, aSessionConfig } from "./builders.ts";
import { eventually } from "./eventually.ts";

/** What the venue calls things in one life of a desk, and where that keeps its files. */
type Life = {
  readonly account?: string;
  readonly contract?: string;
  readonly dataFolder?: string;
};

/** A whole desk at a venue that the test speaks for; every time is in milliseconds after the opening. */
export class SpokenVenue {
  readonly sent: VenueCommand[] = [];
  /** What the venue was told that it may send, in order. */
  readonly armed: string[] = [];
  /** The contracts that the desk wanted when it connected. */
  held: ReadonlyMap<string, string> = new Map();
  readonly desk: AttachedDesk;
  /** How often a person has asked for the link. */
  reconnected = 0;
  #tell: OnFeed | undefined;

  /** `history` is asked for with each link, and what it takes is up to the test. */
  constructor(
    history: () => MarketDataSource,
    historyWithinMs = 30_000,
    { account, contract, ...files }: Life = {},
  ) {
    const remote: RemoteVenue = {
      name: "spoken",
      connect: (onFeed, _epoch, held) => {
        this.#tell = onFeed;
        this.held = held;
        return {
          send: (command) => void this.sent.push(command),
          close: () => Promise.resolve(),
          reconnect: () => void (this.reconnected += 1),
          accounts: () => new Map(account === undefined ? [] : [[ACCOUNT, account]]),
          contracts: () => new Map(contract === undefined ? [] : [[GOLD.id, contract]]),
          arm: (_accountId, arming) => void this.armed.push(arming),
        };
      },
      history,
      historyMs: 3_600_000,
      historyWithinMs,
      period: null,
    };
    const config = aSessionConfig({ mode: "live" });
    this.desk = new AttachedDesk({
      ...files,
      plan: { config, data: { name: "spoken", session: null } },
      remote: () => remote,
    });
  }

  async tell(...events: readonly FeedEvent[]): Promise<void> {
    const tell = await eventually("the desk to connect", () => this.#tell);
    tell(events);
  }

  async comesUp(ms: number): Promise<void> {
    const at = instant(ms);
    await this.tell(
      { kind: "venueGreeted", now: at, laps: 1, replaced: false },
      { kind: "linkChanged", at, up: true, reason: "connected" },
    );
  }

  goesDown(ms: number): Promise<void> {
    return this.tell({ kind: "linkChanged", at: instant(ms), up: false, reason: "cut" });
  }

  /** A list of an account that holds nothing. */
  listsNothing(ms: number): Promise<void> {
    const nothing = { since: epochMs(0), orders: [], fills: [], positions: [] };
    const at = instant(ms);
    return this.tell({
      kind: "accountReported",
      at,
      snapshot: { accountId: ACCOUNT, asOf: at, ...nothing },
    });
  }

  /** The first order that went out and is meant. */
  submitted(what: string, isMeant: (order: SubmitOrder) => boolean): Promise<SubmitOrder> {
    return eventually(what, () =>
      this.sent.filter((command) => command.kind === "submitOrder").find(isMeant),
    );
  }
}

/** History that does not come before it is let go; then it is what `source` holds. */
export function lateHistory(source: MarketDataSource): {
  readonly open: () => MarketDataSource;
  readonly come: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  onTestFinished(() => resolve());
  return {
    open: () => ({
      ...source,
      async *blocks(range) {
        await promise;
        yield* source.blocks(range);
      },
    }),
    come: () => resolve(),
  };
}

export function goldQuote(ms: number, bid = 26_500): Quote {
  return {
    kind: "quote",
    at: instant(ms),
    instrument: GOLD.id,
    bidPrice: ticks(bid),
    bidQty: lots(1),
    askPrice: ticks(bid + 1),
    askQty: lots(1),
  };
}

export function instant(ms: number): EpochMs {
  return epochMs(OPENING + ms);
}
