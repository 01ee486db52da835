import type { AccountEars } from "./account-ears.ts";
import { HubMessageError } from "./hub-events.ts";
import { type HubCall, HubKeeper } from "./hub-keeper.ts";
import { type HubShared, practiceEvents } from "./hub-shared.ts";
import type { UserFeed } from "./user-feed.ts";

/** The hub of accounts, orders, positions and trades. What it says and nobody can read is reason to compare everything. */
export class UserHub {
  readonly #shared: HubShared;
  readonly #keeper: HubKeeper;

  constructor(shared: HubShared, feed: UserFeed, ears: AccountEars) {
    this.#shared = shared;
    const { parts, reached, pace, state } = shared;
    const { clock, http, random, address } = parts;
    const numbers = reached.accounts.accounts.map(({ number }) => Number(number));
    this.#keeper = new HubKeeper({
      url: address.userHubUrl,
      http,
      clock,
      random,
      tokens: reached.session.tokens,
      subscriptions: [
        { method: "SubscribeAccounts", args: [] },
        ...numbers.flatMap((number): readonly HubCall[] => [
          { method: "SubscribeOrders", args: [number] },
          { method: "SubscribePositions", args: [number] },
          { method: "SubscribeTrades", args: [number] },
        ]),
        ...(pace === null ? [] : [{ method: "SubscribePracticeTime", args: [] }]),
      ],
      events: {
        GatewayUserAccount: (payload) => this.#hear(() => feed.onAccounts(payload)),
        GatewayUserOrder: (payload) => this.#hear(() => feed.onOrders(payload)),
        GatewayUserPosition: (payload) => this.#hear(() => feed.onPositions(payload)),
        GatewayUserTrade: (payload) => this.#hear(() => feed.onTrades(payload)),
        ...practiceEvents("user", pace),
      },
      onUp: () => state.hubUp("user"),
      onDown: (end) => {
        ears.forget();
        pace?.lost("user");
        state.hubDown("user", end);
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

  hurry(): void {
    this.#keeper.hurry();
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }

  #hear(take: () => void): void {
    const { pace } = this.#shared;
    if (pace === null) this.#take(take);
    else pace.hear("user", () => this.#take(take));
  }

  #take(take: () => void): void {
    try {
      take();
    } catch (error) {
      if (!(error instanceof HubMessageError)) throw error;
      const { parts, state } = this.#shared;
      const text = `A message about an account cannot be read: ${error.message}`;
      parts.onAlert({ severity: "critical", code: "unreadableMessage", text });
      state.doubt(text);
    }
  }
}
