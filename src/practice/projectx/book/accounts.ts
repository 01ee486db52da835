import type { AccountId } from "#core/domain/ids.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import { type Fill, sideSign } from "#core/domain/order.ts";
import {
  type Money,
  NO_MONEY,
  type SignedLots,
  moneyFrom,
  moneyToNumber,
  signedLots,
} from "#core/domain/units.ts";
import { positionAfter } from "#core/matching/venue-accounts.ts";
import type { Stamp } from "#practice/projectx/wire/stamp.ts";
import { costsOf } from "./costs.ts";
import type { FirmAccount } from "./firm-account.ts";
import { type GatewayOrder, sideCode } from "./gateway-order.ts";
import type { GatewayPosition, GatewayTrade, UserEvent } from "./user-event.ts";
import { Versions } from "./versions.ts";

/** Ids look like the recorded ones. */
const FIRST_TRADE_ID = 3_000_000_001;
const FIRST_POSITION_ID = 825_000_001;

/** The accounts of the firm with what they hold and have done. */
export class Accounts {
  readonly #accounts: Map<number, FirmAccount>;
  readonly #positions = new Versions<GatewayPosition>();
  /** The open position of each account and contract. */
  readonly #open = new Map<string, GatewayPosition>();
  readonly #trades: GatewayTrade[] = [];
  #positionCount = 0;

  constructor(accounts: readonly FirmAccount[]) {
    this.#accounts = new Map(accounts.map((account) => [account.id, account]));
  }

  all(): readonly FirmAccount[] {
    return [...this.#accounts.values()];
  }

  get(id: number): FirmAccount | undefined {
    return this.#accounts.get(id);
  }

  ofMachine(machineId: AccountId): FirmAccount {
    const found = this.all().find((account) => account.machineId === machineId);
    invariant(
      found !== undefined,
      `the machine knows the accounts of the firm, found ${machineId}`,
    );
    return found;
  }

  set(account: FirmAccount): void {
    this.#accounts.set(account.id, account);
  }

  openPosition(accountId: number, contractId: string): GatewayPosition | undefined {
    return this.#open.get(keyOf(accountId, contractId));
  }

  openPositions(): readonly GatewayPosition[] {
    return [...this.#open.values()];
  }

  /** What an account holds, or held at an instant. */
  positions(accountId: number, asOf: number): readonly GatewayPosition[] {
    const known = Number.isFinite(asOf) ? [...this.#positions.asOf(asOf)] : this.openPositions();
    return known.filter((position) => position.accountId === accountId && position.qty !== 0);
  }

  trades(accountId: number): readonly GatewayTrade[] {
    return this.#trades.filter((trade) => trade.accountId === accountId);
  }

  /** Books a fill of an order and returns what the user hub tells of it, order aside. */
  book(fill: Fill, order: GatewayOrder, stamp: Stamp): readonly UserEvent[] {
    const { accountId, contract } = order;
    const held = this.openPosition(accountId, contract.id);
    const trade = this.#trade(fill, order, { stamp, held });
    this.#trades.push(trade);
    const positions = this.#hold(fill, order, { stamp, held });
    const account = this.get(accountId);
    invariant(account !== undefined, "an order has an account");
    const change = (trade.profitAndLoss ?? NO_MONEY) - trade.fees - trade.commissions;
    const changed = { ...account, balance: (account.balance + change) as Money };
    this.set(changed);
    return [
      { kind: "trade", accountId, trade },
      ...positions.map((position) => ({ kind: "position", accountId, position }) as const),
      { kind: "account", accountId, account: changed },
    ];
  }

  #trade(fill: Fill, order: GatewayOrder, { stamp, held }: Before): GatewayTrade {
    const { product } = order.contract;
    return {
      id: FIRST_TRADE_ID + this.#trades.length,
      accountId: order.accountId,
      contract: order.contract,
      createdAt: stamp,
      price: fill.price,
      profitAndLoss: profitOf(product, held, fill),
      ...costsOf(product, fill.qty, fill.at),
      side: sideCode(fill.side),
      size: fill.qty,
      orderId: order.id,
    };
  }

  /** A reversal closes one position and opens another. */
  #hold(fill: Fill, order: GatewayOrder, { stamp, held }: Before): readonly GatewayPosition[] {
    const { accountId, contract } = order;
    const before =
      held === undefined
        ? undefined
        : { instrument: fill.instrument, qty: held.qty, avgEntryTicks: held.averageTicks };
    const { qty, avgEntryTicks } = positionAfter(before, fill);
    const key = keyOf(accountId, contract.id);
    const changedAt = stamp.at;
    const versions: GatewayPosition[] = [];
    if (held !== undefined && held.qty * qty <= 0) {
      versions.push({ ...held, changedAt, qty: signedLots(0) });
      this.#open.delete(key);
    }
    if (qty !== 0) {
      const kept = this.#open.get(key) ?? this.#newPosition(order, stamp);
      const position = { ...kept, changedAt, qty, averageTicks: avgEntryTicks };
      versions.push(position);
      this.#open.set(key, position);
    }
    for (const version of versions) this.#positions.put(version.id, version);
    return versions;
  }

  #newPosition({ accountId, contract }: GatewayOrder, createdAt: Stamp): GatewayPosition {
    const id = FIRST_POSITION_ID + this.#positionCount;
    this.#positionCount += 1;
    const qty = 0 as SignedLots;
    return { id, accountId, contract, createdAt, changedAt: createdAt.at, qty, averageTicks: 0 };
  }
}

type Before = { readonly stamp: Stamp; readonly held: GatewayPosition | undefined };

function keyOf(accountId: number, contractId: string): string {
  return `${accountId}/${contractId}`;
}

/** Gross profit of the lots that a fill closes; null when it closes none. */
function profitOf(
  product: Instrument,
  held: GatewayPosition | undefined,
  { side, qty, price }: Fill,
): Money | null {
  if (held === undefined || held.qty * sideSign(side) >= 0) return null;
  const closed = Math.min(Math.abs(held.qty), qty);
  const gained = (price - held.averageTicks) * Math.sign(held.qty) * closed;
  return moneyFrom(gained * moneyToNumber(product.tickValue));
}
