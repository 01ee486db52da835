import { type AccountId, type ClientOrderId, fillId } from "#core/domain/ids.ts";
import { type Instrument, priceToTicks, roundToTicks } from "#core/domain/instrument.ts";
import type { Fill } from "#core/domain/order.ts";
import { lots, moneyFrom } from "#core/domain/units.ts";
import type { TradeRow } from "./rows.ts";

/** Trades remembered to know them again; the desk knows its fills for ever. */
const KEPT = 20_000;

/** A trade whose order is not known yet, and since when. */
export type HeldTrade = { readonly row: TradeRow; readonly sinceMs: number };

/** Trades of the user hub: each is told once, and one whose order is unknown waits until it is known. */
export class FillBook {
  readonly #seen = new Set<string>();
  readonly #held = new Map<string, HeldTrade>();
  readonly #qtyOfOrder = new Map<string, number>();

  /** Whether a trade is news. */
  take(row: TradeRow): boolean {
    if (this.#seen.has(row.id)) return false;
    this.#seen.add(row.id);
    this.#qtyOfOrder.set(row.orderId, this.qtyOf(row.orderId) + row.size);
    forgetOldest(this.#seen);
    forgetOldest(this.#qtyOfOrder);
    return true;
  }

  /** Lots of an order that trades have told of. */
  qtyOf(orderId: string): number {
    return this.#qtyOfOrder.get(orderId) ?? 0;
  }

  hold(row: TradeRow, sinceMs: number): void {
    this.#held.set(row.id, { row, sinceMs });
  }

  /** Takes out the trades that wait for one order, or all. */
  release(orderId?: string): readonly TradeRow[] {
    const released: TradeRow[] = [];
    for (const [id, { row }] of this.#held) {
      if (orderId !== undefined && row.orderId !== orderId) continue;
      this.#held.delete(id);
      released.push(row);
    }
    return released;
  }

  get held(): readonly HeldTrade[] {
    return [...this.#held.values()];
  }
}

function forgetOldest(kept: Set<string> | Map<string, number>): void {
  if (kept.size <= KEPT) return;
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}

/** A trade in ticks, lots and money. Facts are never refused: a price between two ticks is taken to the nearer. */
export function fillOf(
  row: TradeRow,
  of: {
    readonly accountId: AccountId;
    readonly clientOrderId: ClientOrderId;
    readonly instrument: Instrument;
  },
): Fill | null {
  const { accountId, clientOrderId, instrument } = of;
  const price =
    priceToTicks(instrument, row.price) ?? roundToTicks(instrument, row.price, "nearest");
  if (price === undefined) return null;
  return {
    fillId: fillId(row.id),
    clientOrderId,
    accountId,
    instrument: instrument.id,
    side: row.side,
    qty: lots(row.size),
    price,
    fee: moneyFrom((row.fees ?? 0) + (row.commissions ?? 0)),
    at: row.creationTimestamp,
    // Null on what opens.
    ...(row.profitAndLoss === null ? {} : { grossPnl: moneyFrom(row.profitAndLoss) }),
  };
}
