import type { AccountId } from "#core/domain/ids.ts";
import type { Fill } from "#core/domain/order.ts";
import type {
  AccountSnapshot,
  AccountStanding,
  SuspendedLeg,
  VenueOrder,
  VenuePosition,
} from "#core/domain/report.ts";
import { CME_ROLL, tradingDayBounds, tradingDayOf } from "#core/domain/trading-day.ts";
import { type EpochMs, lots, signedLots } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { AccountEars } from "./account-ears.ts";
import type { ContractBook } from "./contract-book.ts";
import { fillOf } from "./fill-book.ts";
import {
  ORDER_BY_ID,
  QUERY_ORDERS,
  type Operation,
  SEARCH_OPEN_ORDERS,
  SEARCH_ORDERS,
  SEARCH_POSITIONS,
  SEARCH_TRADES,
} from "./operations.ts";
import type { OrderTracker } from "./order-tracker.ts";
import { externalKey, listed, tagOf, venueIdOf } from "./order-words.ts";
import { type Outcome, reasonOf } from "./outcome.ts";
import type { RestClient } from "./rest-client.ts";
import { type OrderRow, type PositionRow, type TradeRow, isTerminal } from "./rows.ts";
import type { Standings } from "./standings.ts";

export type VenueAccount = {
  readonly accountId: AccountId;
  /** The venue's number of it. */
  readonly number: string;
};

export type ReaderParts = {
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly book: ContractBook;
  readonly tracker: OrderTracker;
  readonly ears: AccountEars;
  readonly standings: Standings;
  /** An instant that is certainly past at the venue. */
  readonly surelyPast: () => EpochMs;
};

/** Lists are asked for in windows of a day; nobody knows how long one may be. */
const WINDOW_MS = 86_400_000;
/** Farther back nothing of ours can be open: what counts then is the trading day. */
const BACK_MS = 7 * WINDOW_MS;
/** Something may happen while the lists are read; then they are read again. */
const TRIES = 5;
const AGAIN_MS = 250;
/** Single orders looked up for fills of orders that no list holds. */
const LOOKUPS_MOST = 20;

/** The lists of one account, read one after the other. */
type Lists = {
  readonly orders: readonly OrderRow[];
  readonly trades: readonly TradeRow[];
  readonly positions: readonly PositionRow[];
  /** Null where there was no budget for it, or no answer: the rest is true without it. */
  readonly standing: AccountStanding | null;
};

/**
 * Puts together what the venue holds of an account from its lists. They are of different instants, so they make a
 * snapshot only when nothing happened in between: no fill since before the first question, and positions as the hub
 * told them last. One list that failed is no list that is empty: then there is no snapshot.
 */
export class AccountReader {
  readonly #parts: ReaderParts;
  /** Older venues have no list that shows suspended legs. */
  #hasQuery = true;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  async read(account: VenueAccount, since: EpochMs): Promise<Outcome<AccountSnapshot>> {
    const { clock, ears, surelyPast } = this.#parts;
    for (let left = TRIES; ; left -= 1) {
      const asOf = surelyPast();
      const from = firstOf(since, asOf);
      const heardBefore = ears.trades(account.number);
      const lists = await this.#lists(account, from);
      if (lists.kind !== "confirmed") return lists;
      const { trades, positions } = lists.value;
      const hasNews =
        heardBefore !== ears.trades(account.number) ||
        trades.some(({ creationTimestamp }) => creationTimestamp > asOf);
      // What contradicts the hub again and again is the truth, and the hub has missed it.
      const isDoubted = left > 1 && !ears.agrees(account.number, positions);
      if (!hasNews && !isDoubted)
        return this.#snapshot(account, { from, asOf, lists: lists.value });
      if (left === 1) return { kind: "unknown", reason: "the account does not stand still" };
      await clock.sleep(AGAIN_MS);
    }
  }

  async #lists(account: VenueAccount, from: EpochMs): Promise<Outcome<Lists>> {
    const accountId = Number(account.number);
    // Positions and balance before trades: a fill in between shows among the trades, and is seen to be one.
    const [positions, standing] = await Promise.all([
      this.#ask(SEARCH_POSITIONS, { accountId }),
      this.#parts.standings.read(account.accountId),
    ]);
    if (positions.kind !== "confirmed") return positions;
    const orders = await this.#orders(accountId, from);
    if (orders.kind !== "confirmed") return orders;
    const trades = await this.#windows(SEARCH_TRADES, accountId, from);
    if (trades.kind !== "confirmed") return trades;
    return {
      kind: "confirmed",
      value: {
        positions: positions.value,
        orders: orders.value,
        trades: [...distinct(trades.value)].sort(byInstant),
        standing,
      },
    };
  }

  /** Every order since an instant, and every one that works or waits, whenever it was placed. */
  async #orders(accountId: number, from: EpochMs): Promise<Outcome<readonly OrderRow[]>> {
    const open = await this.#ask(SEARCH_OPEN_ORDERS, { accountId });
    if (open.kind !== "confirmed") return open;
    const suspended = await this.#suspended(accountId);
    if (suspended.kind !== "confirmed") return suspended;
    const all = await this.#windows(SEARCH_ORDERS, accountId, from);
    if (all.kind !== "confirmed") return all;
    const byId = new Map<string, OrderRow>();
    for (const row of [...suspended.value, ...open.value, ...all.value]) {
      const known = byId.get(row.id);
      if (known === undefined || !isTerminal(known.status)) byId.set(row.id, row);
    }
    return { kind: "confirmed", value: [...byId.values()].sort(byAge) };
  }

  async #suspended(accountId: number): Promise<Outcome<readonly OrderRow[]>> {
    const none = { kind: "confirmed", value: [] } as const;
    if (!this.#hasQuery) return none;
    const found = await this.#ask(QUERY_ORDERS, {
      filter: { accountId, statuses: [8] },
      pageSize: 200,
      pageOffset: 0,
    });
    const isMissing = found.kind === "refused" && (found.code === 404 || found.code === 405);
    if (!isMissing) return found;
    this.#hasQuery = false;
    return none;
  }

  async #windows<T>(
    operation: Operation<T[]>,
    accountId: number,
    from: EpochMs,
  ): Promise<Outcome<readonly T[]>> {
    const rows: T[] = [];
    const until = this.#parts.surelyPast();
    for (let start: number = from; ; start += WINDOW_MS) {
      const end = start + WINDOW_MS;
      // The last one has no end, so that nothing is too new for it.
      const isLast = end > until;
      const found = await this.#ask(operation, {
        accountId,
        startTimestamp: isoOf(start),
        endTimestamp: isLast ? null : isoOf(end),
      });
      if (found.kind !== "confirmed") return found;
      rows.push(...found.value);
      if (isLast) return { kind: "confirmed", value: rows };
    }
  }

  async #snapshot(
    account: VenueAccount,
    read: { readonly from: EpochMs; readonly asOf: EpochMs; readonly lists: Lists },
  ): Promise<Outcome<AccountSnapshot>> {
    const { tracker } = this.#parts;
    const { orders, trades, positions, standing } = read.lists;
    for (const row of orders) tracker.learn(row);
    const valid = trades.filter(({ voided }) => voided !== true);
    const unknown = await this.#lookUp(account, valid);
    if (unknown !== null) return unknown;
    return {
      kind: "confirmed",
      value: {
        accountId: account.accountId,
        since: read.from,
        asOf: read.asOf,
        orders: orders.flatMap((row) => this.#order(row)),
        fills: valid.flatMap((row) => this.#fill(account, row)),
        voided: trades
          .filter(({ voided }) => voided === true)
          .flatMap((row) => this.#fill(account, row)),
        positions: positions.flatMap((row) => this.#position(row)),
        suspended: orders.flatMap((row) => this.#leg(row)),
        ...(standing === null ? {} : { standing }),
      },
    };
  }

  /** Finds out whose the orders behind fills are that no list held. What cannot be asked for now spoils the snapshot. */
  async #lookUp(
    { number }: VenueAccount,
    trades: readonly TradeRow[],
  ): Promise<Outcome<never> | null> {
    const { tracker } = this.#parts;
    const ids = new Set(trades.map(({ orderId }) => orderId));
    const missing = [...ids].filter((id) => tracker.keyOfId(id) === undefined);
    for (const id of missing.slice(0, LOOKUPS_MOST)) {
      const ask = { accountId: Number(number), orderId: Number(id) };
      const found = await this.#ask(ORDER_BY_ID, ask);
      if (found.kind === "notSent" || found.kind === "unknown") return found;
      if (found.kind === "confirmed") tracker.learn(found.value);
      else tracker.know({ id, customTag: null });
    }
    return null;
  }

  #order(row: OrderRow): readonly VenueOrder[] {
    const instrument = this.#parts.book.instrumentOf(row.contractId);
    return instrument === undefined || row.status === "suspended" ? [] : [listed(row, instrument)];
  }

  #leg(row: OrderRow): readonly SuspendedLeg[] {
    if (row.status !== "suspended") return [];
    return [
      {
        clientOrderId: tagOf(row),
        venueOrderId: venueIdOf(row),
        entryId: row.parentOrderId === null ? null : venueIdOf({ id: row.parentOrderId }),
        instrument: this.#parts.book.nameOf(row.contractId),
        role: row.type === 1 ? "takeProfit" : "stopLoss",
        side: row.side,
        qty: lots(row.size),
      },
    ];
  }

  #fill({ accountId }: VenueAccount, row: TradeRow): readonly Fill[] {
    const { book, tracker } = this.#parts;
    const instrument = book.instrumentOf(row.contractId);
    if (instrument === undefined) return [];
    const clientOrderId = tracker.keyOfId(row.orderId) ?? externalKey(row.orderId);
    const fill = fillOf(row, { accountId, clientOrderId, instrument });
    return fill === null ? [] : [fill];
  }

  #position({ contractId, type, size, averagePrice }: PositionRow): readonly VenuePosition[] {
    if (type === 0 || size === 0) return [];
    const { book } = this.#parts;
    // Of an instrument that nobody knows, the desk wants to know that it is there.
    const { tickScale, tickUnits } = book.instrumentOf(contractId) ?? {
      tickScale: 1,
      tickUnits: 1,
    };
    const ticks = (averagePrice * tickScale) / tickUnits;
    return [
      {
        instrument: book.nameOf(contractId),
        qty: signedLots(type === 1 ? size : -size),
        // Averages may lie between ticks; the noise of division does not.
        avgEntryTicks: Math.round(ticks * 1e6) / 1e6,
      },
    ];
  }

  async #ask<T>(
    operation: Operation<T>,
    body: Readonly<Record<string, unknown>>,
  ): Promise<Outcome<T>> {
    const outcome = await this.#parts.rest.call(operation, body, "read");
    if (outcome.kind !== "refused") return outcome;
    return { ...outcome, text: `${operation.path}: ${reasonOf(outcome)}` };
  }
}

/** From where to read; a desk that knows nothing yet begins with the trading day, whose losses count. */
function firstOf(since: EpochMs, now: EpochMs): EpochMs {
  if (since >= now - BACK_MS) return since;
  return tradingDayBounds(tradingDayOf(now, CME_ROLL), CME_ROLL).from;
}

/** Numbers are given out in order; they may be too long to count with. */
function byAge(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}

/** The venue lists the newest first; fills are told as they happened. */
function byInstant(a: TradeRow, b: TradeRow): number {
  return a.creationTimestamp - b.creationTimestamp || byAge(a, b);
}

function distinct(trades: readonly TradeRow[]): readonly TradeRow[] {
  return [...new Map(trades.map((row) => [row.id, row])).values()];
}

function isoOf(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}
