import type { EpochMs } from "#core/domain/units.ts";
import type { FeedTeller } from "./feed-teller.ts";
import { HubMessageError, readPublicTrades, readQuote } from "./hub-events.ts";
import { type HubCall, HubKeeper } from "./hub-keeper.ts";
import { type HubShared, practiceEvents } from "./hub-shared.ts";
import { MarketFeed } from "./market-feed.ts";
import { SilenceWatch } from "./silence-watch.ts";

/** How often a message that cannot be read, or a price between two ticks, is told of at most. */
const ALERT_EVERY_MS = 60_000;

const SILENT =
  "No prices for a minute though the market is open: the desk connects to the market hub anew, and again less and less often. Where little is traded this is no fault";

/** The hub of quotes and trades. What it does not tell well is left out; nothing is made up for it. */
export class MarketHub {
  readonly #shared: HubShared;
  readonly #teller: FeedTeller;
  readonly #keeper: HubKeeper;
  readonly #feed: MarketFeed;
  readonly #silence: SilenceWatch;
  #alertedMs = Number.NEGATIVE_INFINITY;
  #offTickTold = 0;

  constructor(shared: HubShared, teller: FeedTeller) {
    this.#shared = shared;
    this.#teller = teller;
    const { parts, reached, pace } = shared;
    const { clock, http, random, address } = parts;
    const { session, book } = reached;
    this.#feed = new MarketFeed(book);
    this.#silence = new SilenceWatch(book);
    this.#keeper = new HubKeeper({
      url: address.marketHubUrl,
      http,
      clock,
      random,
      tokens: session.tokens,
      subscriptions: [...subscriptionsOf(reached.book.contracts), ...practiceCalls(shared)],
      events: {
        GatewayQuote: (contractId, quote) => this.#hear(() => this.#onQuote(contractId, quote)),
        GatewayTrade: (contractId, trades) => this.#hear(() => this.#onTrades(contractId, trades)),
        ...practiceEvents("market", pace),
      },
      onUp: () => this.#onUp(),
      onDown: (end) => {
        // Not when the next one is up: by then it has greeted us with what does not change soon.
        this.#feed.forget();
        pace?.lost("market");
        if (end.of === "silence") shared.state.renewing();
        else shared.state.hubDown("market", end);
      },
    });
  }

  get isUp(): boolean {
    return this.#keeper.isUp;
  }

  get silentMs(): number | null {
    return this.#keeper.silentMs;
  }

  get attempts(): number {
    return this.#keeper.attempts;
  }

  get offTick(): number {
    return this.#feed.offTick;
  }

  /** Called often: connects anew when the hub is silent. */
  look(): void {
    const { parts, reached } = this.#shared;
    if (!this.isUp) return;
    const silence = this.#silence.look(reached.session.venueClock.now(), parts.clock.monotonicMs());
    if (silence === "none") return;
    if (silence === "begins") {
      parts.onAlert({ severity: "warning", code: "marketSilent", text: SILENT });
    }
    this.#keeper.restart({ of: "silence", reason: SILENT });
  }

  /** Returns whether the gateway could be told. */
  settle(step: number, wakeAt: EpochMs | null): boolean {
    const wake = wakeAt === null ? null : Temporal.Instant.fromEpochMilliseconds(wakeAt).toString();
    return this.#keeper.tell({ method: "PracticeSettled", args: [step, wake] });
  }

  hurry(): void {
    this.#keeper.hurry();
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }

  #onUp(): void {
    const { parts, reached, state, pace } = this.#shared;
    this.#silence.began(reached.session.venueClock.now(), parts.clock.monotonicMs());
    state.hubUp("market");
    pace?.look();
  }

  #onQuote(contractId: unknown, payload: unknown): void {
    const { venueClock, skew, told } = this.#shared.reached.session;
    const update = readQuote(contractId, payload);
    const now = venueClock.now();
    if (update.timestamp !== null && told === null) skew.noteEvent(update.timestamp, now);
    const quote = this.#feed.quote(String(contractId), update, now);
    if (quote !== null) this.#tell(() => this.#teller.market([quote]));
  }

  #onTrades(contractId: unknown, payload: unknown): void {
    const ticks = this.#feed.trades(String(contractId), readPublicTrades(contractId, payload));
    this.#tell(() => this.#teller.market(ticks));
  }

  #tell(tell: () => void): void {
    const { pace } = this.#shared;
    if (pace === null) tell();
    else pace.hear("market", tell);
  }

  #hear(take: () => void): void {
    const { clock } = this.#shared.parts;
    const { venueClock } = this.#shared.reached.session;
    this.#silence.heard(venueClock.now(), clock.monotonicMs());
    try {
      take();
      if (this.#feed.offTick > this.#offTickTold) {
        this.#offTickTold = this.#feed.offTick;
        this.#alert("offTick", `${this.#feed.offTick} prices of the venue lie between two ticks`);
      }
    } catch (error) {
      if (!(error instanceof HubMessageError)) throw error;
      this.#alert("unreadableMarketData", error.message);
    }
  }

  #alert(code: string, text: string): void {
    const { clock, onAlert } = this.#shared.parts;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#alertedMs < ALERT_EVERY_MS) return;
    this.#alertedMs = nowMs;
    onAlert({ severity: "warning", code, text });
  }
}

function subscriptionsOf(contracts: readonly { readonly contractId: string }[]) {
  return contracts.flatMap(({ contractId }): readonly HubCall[] => [
    { method: "SubscribeContractQuotes", args: [contractId] },
    { method: "SubscribeContractTrades", args: [contractId] },
  ]);
}

function practiceCalls({ pace }: HubShared): readonly HubCall[] {
  return pace === null ? [] : [{ method: "SubscribePracticeTime", args: [] }];
}
