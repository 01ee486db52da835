import type { ClientOrderId } from "#core/domain/ids.ts";
import { type GatewayOrder, isWorking } from "./gateway-order.ts";
import { Versions } from "./versions.ts";

/** Ids look like the recorded ones: beyond 32 bits already. */
const FIRST_ORDER_ID = 3_400_000_001;

/** Every order the gateway was given, and the tags that are used up. */
export class Orders {
  readonly #versions = new Versions<GatewayOrder>();
  readonly #idOfMachine = new Map<string, number>();
  readonly #working = new Set<number>();
  /** How often each tag was received, by account. */
  readonly #tags = new Map<string, number>();
  #count = 0;

  nextId(): number {
    this.#count += 1;
    return FIRST_ORDER_ID + this.#count - 1;
  }

  get(id: number): GatewayOrder | undefined {
    return this.#versions.get(id);
  }

  put(order: GatewayOrder): void {
    this.#versions.put(order.id, order);
    if (isWorking(order)) this.#working.add(order.id);
    else this.#working.delete(order.id);
  }

  /** Orders of an account as they were at an instant, the oldest first. */
  of(accountId: number, asOf = Number.POSITIVE_INFINITY): readonly GatewayOrder[] {
    return [...this.#versions.asOf(asOf)].filter((order) => order.accountId === accountId);
  }

  working(accountId: number, asOf = Number.POSITIVE_INFINITY): readonly GatewayOrder[] {
    if (Number.isFinite(asOf)) return this.of(accountId, asOf).filter(isWorking);
    return [...this.#working].flatMap((id) => {
      const order = this.get(id);
      return order === undefined || order.accountId !== accountId ? [] : [order];
    });
  }

  /** The legs of an entry. */
  legsOf(entry: GatewayOrder): readonly GatewayOrder[] {
    return [entry.id + 1, entry.id + 2].flatMap((id) => {
      const order = this.get(id);
      return order?.parentId === entry.id ? [order] : [];
    });
  }

  /** What the matching machine calls an order. */
  machineId(order: GatewayOrder): ClientOrderId {
    if (order.parentId === null) return String(order.id) as ClientOrderId;
    const suffix = order.type === 1 ? "TP" : "SL";
    return `${order.parentId}-${suffix}` as ClientOrderId;
  }

  nameForMachine(order: GatewayOrder): void {
    this.#idOfMachine.set(this.machineId(order), order.id);
  }

  ofMachine(id: ClientOrderId): GatewayOrder | undefined {
    const known = this.#idOfMachine.get(id);
    return known === undefined ? undefined : this.get(known);
  }

  /** Notes that a tag was received and tells whether it was free until then. */
  claimTag(accountId: number, tag: string): boolean {
    const key = `${accountId}/${tag}`;
    const before = this.#tags.get(key) ?? 0;
    this.#tags.set(key, before + 1);
    return before === 0;
  }

  timesReceived({ accountId, customTag }: GatewayOrder): number {
    if (customTag === null) return 1;
    return this.#tags.get(`${accountId}/${customTag}`) ?? 0;
  }
}
