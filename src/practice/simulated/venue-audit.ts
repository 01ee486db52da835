import type { SubmitOrder } from "#core/desk/command.ts";
import type { ClientOrderId } from "#core/domain/ids.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import type { AuditedOrder, VenueHoldings, VenueOrders } from "#ports/venue-lines.ts";

/** Orders remembered; the oldest are dropped first. */
export const ORDERS_AUDITED = 200_000;

/** The venue's own record of what it was sent and what came of it, for those who prove a desk right or wrong. */
export class VenueAudit {
  readonly #orders = new Map<ClientOrderId, AuditedOrder>();
  #fills = 0;

  noteSubmit({ accountId, clientOrderId }: SubmitOrder, receivedAt: EpochMs): void {
    const known = this.#orders.get(clientOrderId);
    this.#orders.set(
      clientOrderId,
      known === undefined
        ? { accountId, clientOrderId, received: 1, receivedAt, taken: false }
        : { ...known, received: known.received + 1 },
    );
    if (this.#orders.size <= ORDERS_AUDITED) return;
    const [oldest] = this.#orders.keys();
    if (oldest !== undefined) this.#orders.delete(oldest);
  }

  noteReport(event: VenueEvent): void {
    if (event.kind !== "orderReported") return;
    const { report } = event;
    if (report.kind === "filled") this.#fills += 1;
    if (report.kind !== "accepted") return;
    const known = this.#orders.get(report.clientOrderId);
    if (known !== undefined) this.#orders.set(known.clientOrderId, { ...known, taken: true });
  }

  orders(): VenueOrders {
    return { kind: "orders", orders: [...this.#orders.values()], fills: this.#fills };
  }
}

/** What each account holds now. */
export function holdingsOf(
  venue: SimulatedVenue,
  accounts: readonly AccountId[],
  now: EpochMs,
): VenueHoldings {
  const future = (now + 1) as EpochMs;
  const snapshots = accounts.map((accountId) => venue.snapshot(accountId, future, now));
  return {
    kind: "holdings",
    now,
    positions: snapshots.flatMap(({ accountId, positions }) =>
      positions.map(({ instrument, qty }) => ({ accountId, instrument, qty })),
    ),
    working: snapshots.flatMap(({ accountId, orders }) =>
      orders
        .filter(({ state }) => state === "working")
        .map(({ clientOrderId, venueOrderId, side, qty, filledQty }) => ({
          accountId,
          clientOrderId,
          venueOrderId,
          side,
          qty,
          filledQty,
        })),
    ),
  };
}
