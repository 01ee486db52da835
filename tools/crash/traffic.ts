import { setTimeout as sleep } from "node:timers/promises";
import type { Request } from "#core/desk/request.ts";
import { type AccountId, accountId, instrumentId } from "#core/domain/ids.ts";
import { type Bracket, type Order, type OrderTerms, priceOf } from "#core/domain/order.ts";
import type { Lots, Ticks } from "#core/domain/units.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { DeskAsker } from "./desk-asker.ts";
import type { Seeded } from "./seeded.ts";

const GOLD = instrumentId("MGC");
const PEOPLE = ["HAND-1", "HAND-2", "LOSS-1", "LOSS-2", "LOSS-3"].map(accountId);
/** Requests between two looks at the desk. */
const ASKED_PER_LOOK = 4;

/** How careful people are. */
export type TrafficHabits = {
  /** The share of entries that have a stop. */
  readonly bracketShare: number;
  /** Whether nobody cancels the stop of a position. */
  readonly leavesStops: boolean;
};

/** What people do all day, quickly: enter, change their minds, close. */
export class Traffic {
  readonly #asker: DeskAsker;
  readonly #seeded: Seeded;
  readonly #habits: TrafficHabits;

  constructor(asker: DeskAsker, seeded: Seeded, habits: TrafficHabits) {
    this.#asker = asker;
    this.#seeded = seeded;
    this.#habits = habits;
  }

  /** Asks for as long as it should and a desk answers, with breaks where calm is wanted. */
  async run(goesOn: () => boolean, breakMs: number): Promise<void> {
    while (goesOn()) {
      if (breakMs > 0) await sleep(breakMs);
      const status = await this.#asker.status();
      if (status === undefined) return;
      for (let count = 0; count < ASKED_PER_LOOK && goesOn(); count += 1) {
        const request = this.#next(status);
        if (request !== undefined && !(await this.#asker.request(request))) return;
      }
    }
  }

  /** Enters and flattens until the desk dies of it. */
  async flatten(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      const account = this.#seeded.pick(PEOPLE) ?? accountId("HAND-1");
      if (!(await this.#asker.request(this.#entry(account)))) return;
      if (!(await this.#asker.request({ kind: "flatten", accountId: account }))) return;
      await this.#asker.status();
    }
  }

  #next(status: DeskStatus): Request | undefined {
    const account = this.#seeded.pick(PEOPLE);
    if (account === undefined) return undefined;
    const drawn = this.#seeded.next();
    if (drawn < 0.4) return this.#entry(account);
    if (drawn < 0.58) return this.#limitEntry(account, status);
    if (drawn < 0.72) return this.#cancel(status);
    if (drawn < 0.8) return this.#modify(status);
    if (drawn < 0.96) return this.#close(status);
    return { kind: "flatten", accountId: account };
  }

  #entry(account: AccountId): Request {
    return this.#submit(account, { type: "market" });
  }

  #limitEntry(account: AccountId, { touches }: DeskStatus): Request | undefined {
    const last = touches[0]?.touch.lastPrice ?? null;
    if (last === null) return undefined;
    const away = this.#seeded.between(1, 15);
    const request = this.#submit(account, { type: "market" });
    const limitPrice = (request.side === "buy" ? last - away : last + away) as Ticks;
    return { ...request, terms: { type: "limit", limitPrice } };
  }

  #submit(account: AccountId, terms: OrderTerms): Extract<Request, { kind: "submit" }> {
    return {
      kind: "submit",
      accountId: account,
      instrument: GOLD,
      side: this.#seeded.chance(0.5) ? "buy" : "sell",
      qty: this.#seeded.between(1, 3) as Lots,
      terms,
      timeInForce: this.#seeded.chance(0.8) ? "gtc" : "day",
      reduceOnly: false,
      bracket: this.#seeded.chance(this.#habits.bracketShare) ? this.#bracket() : null,
    };
  }

  #bracket(): Bracket {
    return {
      stopLossTicks: this.#seeded.between(4, 20) as Ticks,
      takeProfitTicks: this.#seeded.chance(0.7) ? (this.#seeded.between(4, 25) as Ticks) : null,
    };
  }

  #cancel(status: DeskStatus): Request | undefined {
    const isLeft = ({ purpose }: Order): boolean =>
      this.#habits.leavesStops && purpose === "stopLoss";
    const order = this.#seeded.pick(working(status).filter((one) => !isLeft(one)));
    return order === undefined ? undefined : { kind: "cancel", clientOrderId: order.clientOrderId };
  }

  #modify(status: DeskStatus): Request | undefined {
    const order = this.#seeded.pick(working(status));
    if (order === undefined || priceOf(order.terms) === undefined) return undefined;
    const { clientOrderId, qty } = order;
    return { kind: "modify", clientOrderId, qty, terms: moved(order.terms, this.#seeded) };
  }

  #close({ positions }: DeskStatus): Request | undefined {
    const held = this.#seeded.pick(positions.filter(({ position }) => isOfPeople(position)));
    if (held === undefined) return undefined;
    const qty = this.#seeded.chance(0.7) ? null : (1 as Lots);
    const { accountId: account, instrument } = held.position;
    return { kind: "close", accountId: account, instrument, qty };
  }
}

/** Close to where it was: some of them meet the market at once, some are refused for it. */
function moved(terms: OrderTerms, seeded: Seeded): OrderTerms {
  const by = seeded.between(-3, 3);
  switch (terms.type) {
    case "market":
      return terms;
    case "limit":
      return { ...terms, limitPrice: (terms.limitPrice + by) as Ticks };
    case "stop":
    case "stopLimit":
    case "trailingStop":
      return { ...terms, stopPrice: (terms.stopPrice + by) as Ticks };
  }
}

function working({ orders }: DeskStatus): readonly Order[] {
  return orders.filter((order) => order.status.kind === "working" && isOfPeople(order));
}

function isOfPeople({ accountId: account }: { readonly accountId: AccountId }): boolean {
  return PEOPLE.includes(account);
}
