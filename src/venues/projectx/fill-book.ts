import { type AccountId, type ClientOrderId, fillId } from "#core/domain/ids.ts";
import { type Instrument, priceToTicks, roundToTicks } from "#core/domain/instrument.ts";
import type { Fill } from "#core/domain/order.ts";
import { lots, moneyFrom } from "#core/domain/units.ts";
import type { TradeRow } from "./rows.ts";

/** Trades remembered to know them again; the desk knows its fills for ever. */
const KEPT = 20_000;
const VOIDED = "voided";

/** What a trade costs and has earned; it may be told again with more. */
function moneyOf({ fees, commissions, profitAndLoss }: TradeRow): string {
  return `${fees} ${commissions} ${profitAndLoss}`;
}

/** A trade whose order is not known yet, and since when. */
export type HeldTrade = { readonly row: TradeRow; readonly sinceMs: number };

/** Trades of the user hub: each is told once, and one whose order is unknown waits until it is known. */
export class FillBook {
  /** The money of each as last told, or that it was voided. */
  readonly #seen = new Map<string, string>();
  readonly #held = new Map<string, HeldTrade>();
  readonly #qtyOfOrder = new Map<string, number>();

  /** Whether a trade is news: told for the first time, or with other money. */
  take(row: TradeRow): boolean {
    const before = this.#seen.get(row.id);
    const now = moneyOf(row);
    if (before === now || before === VOIDED) return false;
    this.#seen.set(row.id, now);
    if (before !== undefined) return true;
    this.#qtyOfOrder.set(row.orderId, this.qtyOf(row.orderId) + row.size);
    forgetOldest(this.#seen);
    forgetOldest(this.#qtyOfOrder);
    return true;
  }

  /** Whether it is news that a trade was taken back: it is told no more, also where it has waited. */
  takeBack(row: TradeRow): boolean {
    if (this.#seen.get(row.id) === VOIDED) return false;
    this.#seen.set(row.id, VOIDED);
    this.#held.delete(row.id);
    forgetOldest(this.#seen);
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

function forgetOldest(kept: Map<string, unknown>): void {
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
    at: row.creationTimestamp,
    ...costOf(row),
    // Null on what opens.
    ...(row.profitAndLoss === null ? {} : { grossPnl: moneyFrom(row.profitAndLoss) }),
  };
}

/** Lists leave commissions out, and some rows say nothing at all: then the cost is at least what they say. */
function costOf({ fees, commissions }: TradeRow): Pick<Fill, "fee" | "isFeeEstimated"> {
  const fee = moneyFrom((fees ?? 0) + (commissions ?? 0));
  const isAll = fees !== null && commissions !== null && fee > 0n;
  return isAll ? { fee } : { fee, isFeeEstimated: true };
}
