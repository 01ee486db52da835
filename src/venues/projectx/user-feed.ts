import type { AccountId } from "#core/domain/ids.ts";
import type { Fill } from "#core/domain/order.ts";
import type { OrderReport } from "#core/domain/report.ts";
import type { Clock } from "#ports/clock.ts";
import type { VenueAlert } from "#ports/venue-alert.ts";
import type { AccountBook } from "./account-book.ts";
import type { AccountEars } from "./account-ears.ts";
import type { ContractBook } from "./contract-book.ts";
import { FillBook, fillOf } from "./fill-book.ts";
import {
  readAccountEvents,
  readOrderEvents,
  readPositionEvents,
  readTradeEvents,
} from "./hub-events.ts";
import { ORDER_BY_ID, SEARCH_ORDERS } from "./operations.ts";
import type { OrderTracker } from "./order-tracker.ts";
import { externalKey } from "./order-words.ts";
import type { RestClient } from "./rest-client.ts";
import type { OrderRow, PositionRow, TradeRow } from "./rows.ts";
import type { Standings } from "./standings.ts";

export type UserFeedParts = {
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly accounts: AccountBook;
  readonly book: ContractBook;
  readonly tracker: OrderTracker;
  readonly ears: AccountEars;
  readonly standings: Standings;
  readonly tell: (reports: readonly OrderReport[]) => void;
  readonly alert: (alert: VenueAlert) => void;
  /** What the hub said cannot be relied on: compare with the lists before anything new is risked (R13). */
  readonly doubt: (reason: string) => void;
};

/** How long a fill waits for its order, and an order that has filled for its fills, before somebody asks. */
const PATIENCE_MS = 1_000;
/** While a request to place an order waits for its answer, its fills may wait as long. */
const PLACING_MS = 10_000;
const LIST_MS = 86_400_000;
/** Between two questions about one order. */
const ASK_EVERY_MS = 1_000;
/** So long after the first question a fill is told without an answer. */
const GIVE_UP_MS = 4_000;

/** What the user hub says, as reports. */
export class UserFeed {
  readonly #parts: UserFeedParts;
  readonly #fills = new FillBook();
  /** Orders that have filled while their fills have not been told. */
  readonly #owed = new Map<string, { readonly size: number; readonly sinceMs: number }>();
  /** Orders that are asked about: since when, and until when nobody asks again. */
  readonly #asked = new Map<string, { readonly sinceMs: number; readonly againMs: number }>();

  constructor(parts: UserFeedParts) {
    this.#parts = parts;
  }

  readonly onAccounts = (payload: unknown): void => {
    for (const row of readAccountEvents(payload)) this.#parts.standings.hear(row);
  };

  readonly onOrders = (payload: unknown): void => {
    for (const row of readOrderEvents(payload)) {
      if (this.#accountOf(row) !== undefined) this.#onOrder(row);
    }
  };

  readonly onPositions = (payload: unknown): void => {
    for (const row of readPositionEvents(payload)) {
      if (this.#accountOf(row) !== undefined) this.#onPosition(row);
    }
  };

  readonly onTrades = (payload: unknown): void => {
    for (const row of readTradeEvents(payload)) {
      if (this.#accountOf(row) !== undefined) this.#onTrade(row);
    }
  };

  /** Called often: asks about what has waited too long. Resolves when it has been answered. */
  async look(): Promise<void> {
    const { clock, doubt, tracker } = this.#parts;
    const nowMs = clock.monotonicMs();
    for (const [orderId, { size, sinceMs }] of this.#owed) {
      if (this.#fills.qtyOf(orderId) >= size) this.#owed.delete(orderId);
      else if (nowMs - sinceMs > PATIENCE_MS) {
        this.#owed.delete(orderId);
        doubt(`order ${orderId} has filled and the venue did not tell all its fills`);
      }
    }
    const patienceMs = tracker.isPlacing ? PLACING_MS : PATIENCE_MS;
    const late = this.#fills.held.filter(({ sinceMs }) => nowMs - sinceMs > patienceMs);
    const orders = new Map(late.map(({ row }) => [row.orderId, row]));
    for (const id of this.#asked.keys()) if (!orders.has(id)) this.#asked.delete(id);
    await Promise.all([...orders.values()].map((row) => this.#ask(row, nowMs)));
  }

  /** Asks whose the order behind a fill is, not too often and not for ever, and tells the fill. */
  async #ask(row: TradeRow, nowMs: number): Promise<void> {
    const { orderId } = row;
    const { sinceMs, againMs } = this.#asked.get(orderId) ?? { sinceMs: nowMs, againMs: nowMs };
    if (nowMs - sinceMs > GIVE_UP_MS) return this.#giveUp(row);
    if (nowMs < againMs) return;
    this.#asked.set(orderId, { sinceMs, againMs: Number.POSITIVE_INFINITY });
    const isKnown = await this.#lookUp(row);
    const answeredMs = this.#parts.clock.monotonicMs();
    this.#asked.set(orderId, { sinceMs, againMs: answeredMs + ASK_EVERY_MS });
    if (isKnown) this.#tellFills(this.#fills.release(orderId));
  }

  /** The position counts before whose order it was; the lists tell that later. */
  #giveUp({ id, orderId }: TradeRow): void {
    const released = this.#fills.release(orderId);
    this.#parts.doubt(`the venue does not say whose order ${orderId} of trade ${id} is`);
    this.#tellFills(released);
  }

  #onOrder(row: OrderRow): void {
    const { tracker, tell, clock } = this.#parts;
    tell(tracker.seen(row));
    this.#tellFills(this.#fills.release(row.id));
    const isOwed = row.status === "filled" && this.#fills.qtyOf(row.id) < row.size;
    if (isOwed) this.#owed.set(row.id, { size: row.size, sinceMs: clock.monotonicMs() });
  }

  #onPosition(row: PositionRow): void {
    const { ears, book, alert } = this.#parts;
    ears.heardPosition(row);
    if (row.type === 0 || book.instrumentOf(row.contractId) !== undefined) return;
    const text = `The account holds ${row.contractId}, which nobody here can value`;
    alert({ severity: "critical", code: "unknownInstrument", text });
  }

  #onTrade(row: TradeRow): void {
    this.#parts.ears.heardTrade(row.accountId);
    if (row.voided === true) return this.#onVoided(row);
    if (!this.#fills.take(row)) return;
    if (this.#parts.tracker.keyOfId(row.orderId) === undefined) {
      return this.#fills.hold(row, this.#parts.clock.monotonicMs());
    }
    this.#tellFills([row]);
  }

  /** The venue took an execution back. What it then holds its lists tell, so they are compared. */
  #onVoided(row: TradeRow): void {
    if (!this.#fills.takeBack(row)) return;
    const { alert, doubt, tell } = this.#parts;
    const text = `The venue has voided trade ${row.id}: ${row.side} ${row.size} ${row.contractId} at ${row.price}`;
    alert({ severity: "critical", code: "tradeVoided", text });
    const fill = this.#fillOf(row);
    if (fill !== null) tell([{ kind: "voided", clientOrderId: fill.clientOrderId, fill }]);
    doubt(`trade ${row.id} was voided`);
  }

  #tellFills(rows: readonly TradeRow[]): void {
    for (const row of rows) {
      const fill = this.#fillOf(row);
      if (fill === null) this.#cannotValue(row);
      else this.#parts.tell([{ kind: "filled", clientOrderId: fill.clientOrderId, fill }]);
    }
  }

  #fillOf(row: TradeRow): Fill | null {
    const { book, tracker } = this.#parts;
    const account = this.#accountOf(row);
    const instrument = book.instrumentOf(row.contractId);
    if (account === undefined || instrument === undefined) return null;
    const clientOrderId = tracker.keyOfId(row.orderId) ?? externalKey(row.orderId);
    return fillOf(row, { accountId: account.accountId, clientOrderId, instrument });
  }

  /** The positions of the next snapshot hold it, and close the account for entries. */
  #cannotValue(row: TradeRow): void {
    const text = `Trade ${row.id} of ${row.contractId} cannot be valued here`;
    this.#parts.alert({ severity: "critical", code: "unknownInstrument", text });
    this.#parts.doubt(text);
  }

  /** Finds out whose the order behind a fill is; what the venue does not know was not placed here. False to try again. */
  async #lookUp({ orderId, accountId, creationTimestamp }: TradeRow): Promise<boolean> {
    const { rest, tracker } = this.#parts;
    if (tracker.keyOfId(orderId) !== undefined) return true;
    const account = { accountId: Number(accountId) };
    const found = await rest.call(ORDER_BY_ID, { ...account, orderId: Number(orderId) }, "read");
    if (found.kind === "confirmed") tracker.learn(found.value);
    else if (found.kind !== "refused") return false;
    else if (found.code === 404 || found.code === 405) {
      // An older venue, which only has lists.
      const from = Temporal.Instant.fromEpochMilliseconds(creationTimestamp - LIST_MS);
      const listed = { ...account, startTimestamp: from.toString() };
      const orders = await rest.call(SEARCH_ORDERS, listed, "read");
      if (orders.kind !== "confirmed") return false;
      for (const row of orders.value) if (row.id === orderId) tracker.learn(row);
    }
    if (tracker.keyOfId(orderId) === undefined) tracker.know({ id: orderId, customTag: null });
    return true;
  }

  #accountOf({
    accountId,
  }: {
    readonly accountId: string;
  }): { readonly accountId: AccountId } | undefined {
    return this.#parts.accounts.byNumber(accountId);
  }
}
