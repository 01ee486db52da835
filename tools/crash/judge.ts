import { encode } from "#core/desk/codec.ts";
import { evolve } from "#core/desk/evolve.ts";
import type { Fact } from "#core/desk/fact.ts";
import { type DeskState, emptyState, findOrder } from "#core/desk/state.ts";
import type { ClientOrderId } from "#core/domain/ids.ts";
import type { Lockout } from "#core/domain/lockout.ts";
import type { Fill } from "#core/domain/order.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { AuditedOrder, VenueOrders } from "#ports/venue-lines.ts";
import type { DecodedRecord } from "#runtime/recovery.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { Asked } from "./desk-asker.ts";

/** What a desk said of itself after a start. */
export type Sighting = {
  readonly at: EpochMs;
  /** Its last event then; tells which start it was. */
  readonly seq: number;
  readonly lockouts: readonly string[];
};

export type Evidence = {
  readonly records: Iterable<DecodedRecord>;
  readonly asked: readonly Asked[];
  readonly venue: VenueOrders;
  readonly sightings: readonly Sighting[];
};

/** Each a sentence about one thing that should not be; empty when all is well. */
export type Verdict = {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly strangers: readonly string[];
  readonly lockoutsLost: readonly string[];
  readonly lockouts: number;
};

/** Compares what was promised, what was recorded and what the venue saw. */
export function judge({ records, asked, venue, sightings }: Evidence): Verdict {
  const book = new JournalBook();
  for (const record of records) book.add(record);
  const sent = new Map(venue.orders.map((order) => [order.clientOrderId, order]));
  return {
    lost: asked.flatMap((one) => lostOf(one, book, sent)),
    doubled: [...doubledOf(venue.orders), ...book.doubledRequests(sent)],
    strangers: [...book.strangers(venue), ...book.adopted],
    lockoutsLost: [
      ...book.lockoutsLost,
      ...sightings.flatMap((sighting) => book.lockoutsMissing(sighting)),
    ],
    lockouts: book.lockouts.size,
  };
}

/** What the journal holds, read once from front to back. */
class JournalBook {
  /** Every order that was approved, with the request it was for. */
  readonly orders = new Map<ClientOrderId, string | null>();
  readonly sent = new Set<ClientOrderId>();
  readonly ended = new Set<ClientOrderId>();
  readonly fills = new Set<string>();
  /** Positions taken over from the venue: the desk's own sum was wrong. */
  readonly adopted: string[] = [];
  readonly handled = new Set<string>();
  readonly lockouts = new Map<string, Lockout>();
  readonly lockoutsLost: string[] = [];
  readonly state: DeskState = emptyState();
  /** Close-downs begun by each request. */
  readonly #downs = new Map<string, readonly string[]>();
  /** What was locked on the disk at each start. */
  readonly #starts: { readonly seq: number; readonly locked: readonly Lockout[] }[] = [];

  add({ seq, event, facts }: DecodedRecord): void {
    if (event.kind === "deskStarted") {
      this.#starts.push({ seq, locked: [...this.state.lockouts.values()] });
    }
    for (const fact of facts) {
      this.#note(fact, event.at);
      evolve(this.state, fact);
    }
    if (event.kind === "requestReceived") this.#noteDowns(event.requestId, facts);
  }

  /** What the venue has seen and no record tells: nothing may leave that is not on the disk (R1, R7). */
  strangers({ orders, fills }: VenueOrders): readonly string[] {
    const unrecorded = orders
      .filter(({ clientOrderId }) => !this.sent.has(clientOrderId))
      .map(
        ({ clientOrderId }) => `${clientOrderId} came to the venue and no record says it was sent`,
      );
    if (fills === this.fills.size) return unrecorded;
    return [...unrecorded, `the venue made ${fills} fills, ${this.fills.size} are booked`];
  }

  /** Requests whose order exists at the venue more than once. */
  doubledRequests(sent: ReadonlyMap<ClientOrderId, AuditedOrder>): readonly string[] {
    const counts = new Map<string, ClientOrderId[]>();
    for (const [id, requestId] of this.orders) {
      if (requestId === null || !sent.has(id)) continue;
      counts.set(requestId, [...(counts.get(requestId) ?? []), id]);
    }
    return [...counts]
      .filter(([, ids]) => ids.length > 1)
      .map(([requestId, ids]) => `request ${requestId} became ${ids.join(" and ")}`);
  }

  /** What was locked on the disk when a desk started and was not when it was seen, before its time. */
  lockoutsMissing({ at, seq, lockouts }: Sighting): readonly string[] {
    const locked = this.#starts.findLast((start) => start.seq <= seq)?.locked ?? [];
    return locked
      .filter(({ lockoutId, until }) => !lockouts.includes(lockoutId) && (until ?? at + 1) > at)
      .map(({ lockoutId }) => `${lockoutId} was gone at event ${seq}`);
  }

  /** Close-downs of a request that have not come to their end. */
  openDowns(requestId: string): readonly string[] {
    return (this.#downs.get(requestId) ?? []).filter((id) => this.state.enforcements.has(id));
  }

  #noteDowns(requestId: string, facts: readonly Fact[]): void {
    const begun = facts.flatMap((fact) =>
      fact.kind === "enforcementChanged" ? [fact.enforcement.enforcementId] : [],
    );
    if (!this.#downs.has(requestId)) this.#downs.set(requestId, [...new Set(begun)]);
  }

  #note(fact: Fact, at: EpochMs): void {
    const { kind } = fact;
    if (kind === "orderApproved") {
      this.orders.set(fact.order.clientOrderId, fact.order.requestId);
    } else if (kind === "fillBooked") this.#noteFill(fact.fill);
    else if (kind === "positionAdopted") {
      this.adopted.push(`position ${encode(fact.position)} was taken over from the venue`);
    } else if (kind === "orderCanceled" || kind === "orderExpired" || kind === "orderRejected") {
      this.ended.add(fact.clientOrderId);
    } else if (kind === "orderSubmitted") {
      this.sent.add(fact.clientOrderId);
      this.#checkSent(fact.clientOrderId);
    }
    if (kind === "requestHandled") this.handled.add(fact.requestId);
    else if (kind === "accountLocked") this.lockouts.set(fact.lockout.lockoutId, fact.lockout);
    else if (kind === "lockoutEnded") this.#checkEnded(fact, at);
  }

  #noteFill({ accountId, fillId }: Fill): void {
    const key = `${accountId} ${fillId}`;
    if (this.fills.has(key)) this.adopted.push(`fill ${key} was booked twice`);
    this.fills.add(key);
  }

  #checkEnded(fact: Extract<Fact, { kind: "lockoutEnded" }>, at: EpochMs): void {
    const until = this.lockouts.get(fact.lockoutId)?.until ?? null;
    if (fact.by === "admin" || (until !== null && at >= until)) return;
    this.lockoutsLost.push(`${fact.lockoutId} ended before its time`);
  }

  /** A lockout that lets an entry out is none. */
  #checkSent(id: ClientOrderId): void {
    const order = findOrder(this.state, id);
    if (order === undefined || order.reduceOnly) return;
    for (const { accountId, lockoutId } of this.state.lockouts.values()) {
      if (accountId === order.accountId) this.lockoutsLost.push(`${lockoutId} let ${id} out`);
    }
  }
}

/** What was promised to a person and did not happen. */
function lostOf(
  { id, request, answer }: Asked,
  book: JournalBook,
  sent: ReadonlyMap<ClientOrderId, AuditedOrder>,
): readonly string[] {
  if (answer?.kind !== "accepted") return [];
  if (!book.handled.has(id)) return [`${id} was accepted and is in no record`];
  if (request.kind === "cancel" || request.kind === "modify") return [];
  const missing = answer.clientOrderIds.filter(
    (order) => !sent.has(order) && !book.ended.has(order),
  );
  return [
    ...missing.map((order) => `${id}: order ${order} neither came to the venue nor ended`),
    ...book.openDowns(id).map((down) => `${id}: close-down ${down} did not end`),
  ];
}

/** Cancels that were promised, of orders that still work when nothing is on its way any more. */
export function cancelsLost(
  asked: readonly Asked[],
  status: Pick<DeskStatus, "orders">,
): readonly string[] {
  const working = new Set(status.orders.map(({ clientOrderId }) => clientOrderId));
  return asked.flatMap(({ id, request, answer }) =>
    request.kind === "cancel" && answer?.kind === "accepted" && working.has(request.clientOrderId)
      ? [`${id}: order ${request.clientOrderId} works though its cancel was accepted`]
      : [],
  );
}

/** Legs of one entry that exist more than once when nothing is on its way. */
export function legsDoubled({ orders }: Pick<DeskStatus, "orders">): readonly string[] {
  const seen = new Map<string, ClientOrderId>();
  return orders.flatMap(({ clientOrderId, parent, purpose }) => {
    if (parent === null) return [];
    const key = `${parent} ${purpose}`;
    const other = seen.get(key);
    seen.set(key, clientOrderId);
    return other === undefined
      ? []
      : [`${other} and ${clientOrderId} are both ${purpose} of ${parent}`];
  });
}

function doubledOf(orders: readonly AuditedOrder[]): readonly string[] {
  return orders
    .filter(({ received }) => received > 1)
    .map(({ clientOrderId, received }) => `${clientOrderId} came to the venue ${received} times`);
}
