import type { ClientOrderId } from "#core/domain/ids.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { type OrderTerms, sameTerms } from "#core/domain/order.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { type Lots, lots } from "#core/domain/units.ts";
import type { ContractBook } from "./contract-book.ts";
import { keyOf, termsOf, venueIdOf } from "./order-words.ts";
import { type Outcome, reasonOf } from "./outcome.ts";
import { type OrderRow, isTerminal } from "./rows.ts";

/** Orders remembered after their end, for what is said of them late. */
const KEPT = 20_000;
const REJECTED = "rejected by the venue, which gave no reason";

type Tracked = {
  readonly key: ClientOrderId;
  /** Null until a row has shown it. */
  contractId: string | null;
  accepted: boolean;
  /** A leg that waits for its entry. */
  isWaiting: boolean;
  /** Ended, with so many lots filled. */
  endedAt: number | null;
  /** What the venue certainly has; null where that is not known, or two sources say two things. */
  qty: Lots | null;
  /** What the desk was told last. */
  told: Sized | null;
};

type Sized = { readonly qty: Lots; readonly terms: OrderTerms };

/**
 * What the venue says about single orders, as reports. An order that has ended does not work again, whatever comes
 * late or twice; the reason of a refusal is only in the answer to the request, so a refusal seen on the hub waits for it.
 */
export class OrderTracker {
  readonly #book: ContractBook;
  readonly #byId = new Map<string, Tracked>();
  readonly #idOfKey = new Map<ClientOrderId, string>();
  /** Orders whose request is not answered yet, and whether the hub has shown them rejected. */
  readonly #placing = new Map<ClientOrderId, { rejected: boolean }>();
  readonly #changing = new Set<ClientOrderId>();

  constructor(book: ContractBook) {
    this.#book = book;
  }

  /** Whether a request to place an order waits for its answer. */
  get isPlacing(): boolean {
    return this.#placing.size > 0;
  }

  keyOfId(orderId: string): ClientOrderId | undefined {
    return this.#byId.get(orderId)?.key;
  }

  idOfKey(key: ClientOrderId): string | undefined {
    return this.#idOfKey.get(key);
  }

  instrumentOfId(orderId: string): Instrument | undefined {
    const contractId = this.#byId.get(orderId)?.contractId ?? null;
    return contractId === null ? undefined : this.#book.instrumentOf(contractId);
  }

  /** Lots of an order at the venue, or null where they are not certain. */
  qtyOfId(orderId: string): Lots | null {
    return this.#byId.get(orderId)?.qty ?? null;
  }

  /** Remembers whose order it is, from a list; what became of it the list tells. */
  learn(row: OrderRow): void {
    this.know(row);
    const tracked = this.#trackedOf(row.id, keyOf(row));
    this.#size(tracked, row);
    if (row.status === "suspended") tracked.isWaiting = !tracked.accepted;
    tracked.told = this.#sizedOf(row) ?? tracked.told;
  }

  /** Remembers whose order it is, where no more is known of it. */
  know(row: Pick<OrderRow, "id" | "customTag"> & { readonly contractId?: string }): void {
    const tracked = this.#trackedOf(row.id, keyOf(row));
    tracked.contractId = row.contractId ?? tracked.contractId;
  }

  placing(key: ClientOrderId): void {
    this.#placing.set(key, { rejected: false });
  }

  /** The answer to a request to place an order of a contract. */
  placed(key: ClientOrderId, contractId: string, outcome: Outcome<string>): readonly OrderReport[] {
    const isRejected = this.#placing.get(key)?.rejected ?? false;
    this.#placing.delete(key);
    if (outcome.kind === "refused" || outcome.kind === "notSent") {
      return [this.#refused(key, reasonOf(outcome))];
    }
    if (isRejected) return [this.#refused(key, REJECTED)];
    if (outcome.kind === "unknown") {
      return [{ kind: "unconfirmed", clientOrderId: key, reason: outcome.reason }];
    }
    this.know({ id: outcome.value, customTag: key, contractId });
    return this.#accept(outcome.value);
  }

  changing(key: ClientOrderId): void {
    this.#changing.add(key);
  }

  /** The answer to a request to change an order: what it is now, as it was, or nobody knows. */
  changed(key: ClientOrderId, now: Sized | "unchanged" | "unknown"): void {
    this.#changing.delete(key);
    const tracked = this.#byId.get(this.#idOfKey.get(key) ?? "");
    if (tracked === undefined || now === "unchanged") return;
    if (now === "unknown") {
      tracked.qty = null;
      return;
    }
    tracked.qty = now.qty;
    tracked.told = now;
  }

  /** An order as the hub shows it. */
  seen(row: OrderRow): readonly OrderReport[] {
    const tracked = this.#trackedOf(row.id, keyOf(row));
    tracked.contractId = row.contractId;
    const filledQty = row.fillVolume ?? 0;
    if (tracked.endedAt !== null) {
      const isNews = isTerminal(row.status) && filledQty > tracked.endedAt;
      if (!isNews) return [];
    }
    if (isTerminal(row.status)) {
      tracked.endedAt = filledQty;
      return this.#ended(tracked, row);
    }
    if (row.status === "suspended") {
      tracked.isWaiting = !tracked.accepted;
      this.#size(tracked, row);
      return [];
    }
    if (tracked.isWaiting) return this.#begin(tracked, row);
    const change = this.#change(tracked, row);
    return [...this.#accept(row.id), ...(change === null ? [] : [change])];
  }

  /** Told once, by whichever comes first: the answer or the hub. */
  #accept(orderId: string): readonly OrderReport[] {
    const tracked = this.#byId.get(orderId);
    if (tracked === undefined || tracked.accepted) return [];
    tracked.accepted = true;
    const venueOrderId = venueIdOf({ id: orderId });
    return [{ kind: "accepted", clientOrderId: tracked.key, venueOrderId }];
  }

  /** A leg works from now on. The desk has waited for that, and is told its size and price. */
  #begin(tracked: Tracked, row: OrderRow): readonly OrderReport[] {
    tracked.isWaiting = false;
    this.#change(tracked, row);
    const { told, key: clientOrderId } = tracked;
    const accepted = this.#accept(row.id);
    return told === null ? accepted : [...accepted, { kind: "modified", clientOrderId, ...told }];
  }

  #ended(tracked: Tracked, row: OrderRow): readonly OrderReport[] {
    const { key: clientOrderId } = tracked;
    const venueFilledQty = lots(row.fillVolume ?? 0);
    switch (row.status) {
      case "canceled":
      case "expired": {
        const reason = `${row.status} at the venue`;
        return [{ kind: row.status, clientOrderId, venueFilledQty, reason }];
      }
      case "rejected": {
        const placing = this.#placing.get(clientOrderId);
        if (placing !== undefined) {
          placing.rejected = true;
          return [];
        }
        return [this.#refused(clientOrderId, REJECTED)];
      }
      // Fills end an order; they come by themselves.
      case "filled":
      case "none":
      case "open":
      case "pending":
      case "pendingCancel":
      case "suspended":
        return [];
    }
  }

  /** One that the hub has shown, at work and then rejected, is to the desk the end of a working order. */
  #refused(clientOrderId: ClientOrderId, reason: string): OrderReport {
    const tracked = this.#byId.get(this.#idOfKey.get(clientOrderId) ?? "");
    if (tracked === undefined || !tracked.accepted || tracked.endedAt === null) {
      return { kind: "rejected", clientOrderId, reason };
    }
    const venueFilledQty = lots(tracked.endedAt);
    return { kind: "canceled", clientOrderId, venueFilledQty, reason };
  }

  /** What was changed elsewhere. What we change ourselves is answered by its request. */
  #change(tracked: Tracked, row: OrderRow): OrderReport | null {
    this.#size(tracked, row);
    const now = this.#sizedOf(row);
    const { told, key: clientOrderId } = tracked;
    if (now === null || this.#changing.has(clientOrderId)) return null;
    tracked.told = now;
    if (told === null || (told.qty === now.qty && sameTerms(told.terms, now.terms))) return null;
    return { kind: "modified", clientOrderId, ...now };
  }

  /** A row may be older than what was known: where they differ, the next change names the size. */
  #size(tracked: Tracked, { size }: OrderRow): void {
    tracked.qty = tracked.qty === null || tracked.qty === size ? lots(size) : null;
  }

  #sizedOf(row: OrderRow): Sized | null {
    const instrument = this.#book.instrumentOf(row.contractId);
    const terms = instrument === undefined ? null : termsOf(row, instrument);
    return terms === null ? null : { qty: lots(row.size), terms };
  }

  #trackedOf(orderId: string, key: ClientOrderId): Tracked {
    const known = this.#byId.get(orderId);
    if (known !== undefined) return known;
    const tracked: Tracked = {
      key,
      contractId: null,
      accepted: false,
      isWaiting: false,
      endedAt: null,
      qty: null,
      told: null,
    };
    this.#byId.set(orderId, tracked);
    this.#idOfKey.set(key, orderId);
    this.#forgetOldest();
    return tracked;
  }

  /** Those that work are kept however old they are: their fills must find them. */
  #forgetOldest(): void {
    if (this.#byId.size <= KEPT) return;
    for (const [id, { key, endedAt }] of this.#byId) {
      if (endedAt === null) continue;
      this.#byId.delete(id);
      if (this.#idOfKey.get(key) === id) this.#idOfKey.delete(key);
      return;
    }
  }
}
