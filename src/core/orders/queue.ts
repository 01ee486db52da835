import type { AccountId, ClientOrderId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Order } from "#core/domain/order.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { type Approved, isApproved } from "#core/risk/gate.ts";

/** How urgent an order is; lower goes first. Whatever reduces risk is ahead of whatever adds it. */
const PRIORITIES = {
  riskClose: 0,
  stopLoss: 1,
  exit: 2,
  takeProfit: 2,
  person: 3,
  bot: 4,
} as const;
const LEVELS = 5;

type Waiting = {
  readonly id: ClientOrderId;
  readonly accountId: AccountId;
  readonly source: string;
};

/** Bounds of the queue; see `QueueLimits`. */
export type QueueBounds = {
  readonly capacity: number;
  readonly perSecond: number;
  readonly burst: number;
};

/**
 * Approved orders on their way to the venue. Bounded: a full queue takes no entries, but always takes what reduces
 * risk. Released in order of urgency, in turn between sources of equal urgency, each source in its own order, and
 * entries no faster per account than the token bucket allows. What reduces risk never waits (R12).
 */
export class OrderQueue {
  #bounds: QueueBounds = { capacity: 1_000, perSecond: 20, burst: 20 };
  readonly #levels: Waiting[][] = Array.from({ length: LEVELS }, () => []);
  readonly #buckets = new Map<AccountId, TokenBucket>();
  /** The turn in which a source was last served; larger is later. */
  readonly #servedAt = new Map<string, number>();
  #turns = 0;

  configure(bounds: QueueBounds): void {
    this.#bounds = bounds;
    this.#buckets.clear();
  }

  get size(): number {
    let size = 0;
    for (const level of this.#levels) size += level.length;
    return size;
  }

  hasRoom(order: Pick<Order, "reduceOnly">): boolean {
    return order.reduceOnly || this.size < this.#bounds.capacity;
  }

  offer(approved: Approved): void {
    invariant(isApproved(approved), "only the gate fills the queue");
    const { order } = approved;
    const { clientOrderId: id, accountId } = order;
    this.#levels[priorityOf(order)]?.push({ id, accountId, source: sourceKey(order) });
  }

  remove(id: ClientOrderId): void {
    for (const level of this.#levels) {
      const index = level.findIndex((waiting) => waiting.id === id);
      if (index !== -1) level.splice(index, 1);
    }
  }

  /** Everything that waits, in no order that means anything. */
  ids(): readonly ClientOrderId[] {
    return this.#levels.flatMap((level) => level.map(({ id }) => id));
  }

  /** The next order that may go now, or undefined. */
  take(now: EpochMs): ClientOrderId | undefined {
    for (const [priority, level] of this.#levels.entries()) {
      const index = this.#nextOf(level, now, priority);
      if (index === -1) continue;
      const [waiting] = level.splice(index, 1);
      if (waiting === undefined) continue;
      if (isThrottled(priority)) this.#bucket(waiting.accountId, now).take();
      this.#turns += 1;
      this.#servedAt.set(waiting.source, this.#turns);
      return waiting.id;
    }
    return undefined;
  }

  /** When a throttled order may go; +Infinity when none waits. */
  nextReleaseAt(now: EpochMs): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const level of this.#levels) {
      for (const { accountId } of level) {
        const at = this.#bucket(accountId, now).nextAt(now);
        if (at < earliest) earliest = at;
      }
    }
    return earliest;
  }

  /** Index of the waiting order whose source has waited longest, among those that may go. */
  #nextOf(level: readonly Waiting[], now: EpochMs, priority: number): number {
    let best = -1;
    let bestServed = Number.POSITIVE_INFINITY;
    for (const [index, { accountId, source }] of level.entries()) {
      const served = this.#servedAt.get(source) ?? 0;
      if (served >= bestServed) continue;
      if (isThrottled(priority) && !this.#bucket(accountId, now).hasToken()) continue;
      best = index;
      bestServed = served;
    }
    return best;
  }

  #bucket(accountId: AccountId, now: EpochMs): TokenBucket {
    let bucket = this.#buckets.get(accountId);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#bounds.perSecond, this.#bounds.burst, now);
      this.#buckets.set(accountId, bucket);
    }
    bucket.refill(now);
    return bucket;
  }
}

class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #refilledAt: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#refilledAt = now;
  }

  refill(now: number): void {
    const grown = ((now - this.#refilledAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + grown);
    this.#refilledAt = now;
  }

  hasToken(): boolean {
    return this.#tokens >= 1 - 1e-9;
  }

  take(): void {
    this.#tokens -= 1;
  }

  nextAt(now: number): number {
    if (this.hasToken()) return now;
    return Math.ceil(now + ((1 - this.#tokens) / this.#perSecond) * 1000);
  }
}

function isThrottled(priority: number): boolean {
  return priority >= PRIORITIES.person;
}

function priorityOf(order: Order): number {
  if (order.purpose !== "entry") return PRIORITIES[order.purpose];
  if (order.reduceOnly) return PRIORITIES.exit;
  return order.source.kind === "bot" ? PRIORITIES.bot : PRIORITIES.person;
}

function sourceKey({ source, accountId }: Order): string {
  switch (source.kind) {
    case "bot":
      return `bot/${source.botId}`;
    case "person":
      return `person/${source.name}`;
    case "desk":
    case "external":
      return `${source.kind}/${accountId}`;
  }
}
