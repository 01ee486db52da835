import type { VenueCommand } from "#core/desk/command.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Bracket, OrderTerms } from "#core/domain/order.ts";
import { type EpochMs, type Lots, ticks } from "#core/domain/units.ts";
import { MARKET_CLOSED } from "#core/matching/admission.ts";
import type { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { Contract, ContractList } from "#practice/projectx/contracts/contract-list.ts";
import type { StampSource } from "#practice/projectx/wire/stamp.ts";
import type { Accounts } from "./accounts.ts";
import type { Markets } from "./contract-market.ts";
import type { FirmAccount } from "./firm-account.ts";
import {
  type GatewayOrder,
  ORDER_STATUS,
  ORDER_TYPE,
  type SideCode,
  sideOf,
} from "./gateway-order.ts";
import type { Orders } from "./orders.ts";
import { placementText, termsOf } from "./place-check.ts";
import type { PlaceRequest } from "./place-request.ts";
import { PLACE, REFUSALS, type Refusal } from "./refusal.ts";
import type { ReportBook } from "./report-book.ts";

export type TradingParts = {
  readonly machine: SimulatedVenue;
  readonly contracts: ContractList;
  readonly markets: Markets;
  readonly orders: Orders;
  readonly accounts: Accounts;
  readonly reports: ReportBook;
  readonly stamps: StampSource;
  readonly now: () => EpochMs;
  /** The firm's own hours, which may be shorter than those of the exchange. */
  readonly isHouseOpen: (at: EpochMs) => boolean;
};

/** An order that was taken, or why not. A refusal may leave an order behind all the same. */
export type Placed = { readonly kind: "placed"; readonly order: GatewayOrder } | Refused;

type Refused = {
  readonly kind: "refused";
  readonly refusal: Refusal;
  readonly order: GatewayOrder | null;
};

/** Places orders, with the checks of the gateway before those of the matching machine. */
export class Trading {
  readonly #parts: TradingParts;

  constructor(parts: TradingParts) {
    this.#parts = parts;
  }

  place(request: PlaceRequest): Placed {
    const { accounts, contracts, orders } = this.#parts;
    const account = accounts.get(request.accountId);
    if (account === undefined) return refused(PLACE.accountNotFound);
    const contract = contracts.byId(request.contractId);
    if (contract === undefined) return refused(PLACE.contractNotFound);
    if (!contract.isActive) return refused(PLACE.contractNotActive);
    if (!account.apiTrading) return refused(PLACE.accountRejected, REFUSALS.noApi);
    if (!account.canTrade) return refused(PLACE.violation);
    const { customTag } = request;
    if (customTag !== null && !orders.claimTag(account.id, customTag)) {
      return refused(PLACE.rejected, REFUSALS.tag);
    }
    const text = placementText(request, account);
    if (text !== undefined) return this.#reject(request, contract, text);
    return this.#admit(request, account, contract);
  }

  /** Refuses an order that would have been taken, as the venue sometimes does; it is left behind. */
  rejectPlaced(request: PlaceRequest, refusal: Refusal): Placed {
    const { contracts, orders } = this.#parts;
    const contract = contracts.byId(request.contractId);
    if (contract === undefined) return refused(PLACE.contractNotFound);
    const { accountId, customTag } = request;
    if (customTag !== null && !orders.claimTag(accountId, customTag)) {
      return refused(PLACE.rejected, REFUSALS.tag);
    }
    const rejected = this.#reject(request, contract, refusal.message ?? "");
    return { ...rejected, refusal: { code: refusal.code, message: refusal.message } };
  }

  /** Sends the market order of a close. */
  placeMarket(account: FirmAccount, contract: Contract, signedQty: number): Placed {
    return this.#admit(marketRequest(account, contract, signedQty), account, contract);
  }

  /** Sends a market order of the firm itself, whose hours and limits do not hold for it. */
  liquidate(account: FirmAccount, contract: Contract, signedQty: number): Placed {
    return this.#price(marketRequest(account, contract, signedQty), account, contract);
  }

  /** Carries a command out at once and returns why it was refused, if it was. */
  perform(command: VenueCommand): string | undefined {
    const { machine, reports, now } = this.#parts;
    const at = now();
    reports.takeRefusal();
    machine.handle(command, at);
    machine.runDue(at, reports.onReport);
    return reports.takeRefusal();
  }

  #admit(request: PlaceRequest, account: FirmAccount, contract: Contract): Placed {
    const { now, isHouseOpen } = this.#parts;
    if (!isHouseOpen(now())) return this.#reject(request, contract, REFUSALS.notTrading);
    if (this.#wouldExceed(request, account, contract)) {
      return this.#reject(request, contract, REFUSALS.maxPosition);
    }
    return this.#price(request, account, contract);
  }

  #price(request: PlaceRequest, account: FirmAccount, contract: Contract): Placed {
    const { instrument } = contract;
    if (instrument === null) return this.#reject(request, contract, REFUSALS.notTrading);
    const { top } = this.#parts.markets.of(contract);
    const terms = termsOf(request, contract.product, top);
    if (typeof terms === "string") return this.#reject(request, contract, terms);
    return this.#submit(this.#newFamily(request, contract, terms), account, { terms, instrument });
  }

  #submit(entry: GatewayOrder, account: FirmAccount, to: Destination): Placed {
    const { orders } = this.#parts;
    const reason = this.perform({
      kind: "submitOrder",
      accountId: account.machineId,
      clientOrderId: orders.machineId(entry),
      instrument: to.instrument,
      side: sideOf(entry.side),
      qty: entry.size as Lots,
      terms: to.terms,
      timeInForce: "gtc",
      reduceOnly: false,
      bracket: bracketOf(orders.legsOf(entry)),
    });
    const order = orders.get(entry.id) ?? entry;
    if (reason === undefined) return { kind: "placed", order };
    const message = reason === MARKET_CLOSED ? REFUSALS.closedHours : placeText(reason);
    return { kind: "refused", refusal: { code: PLACE.rejected, message }, order };
  }

  /** An entry with its legs, all under one stamp: stop, entry, target is the order in which they are told. */
  #newFamily(request: PlaceRequest, contract: Contract, terms: OrderTerms): GatewayOrder {
    const { orders, now, reports } = this.#parts;
    const entry = this.#draft(request, contract, terms);
    const { stopLossBracket: stop, takeProfitBracket: target, customTag } = request;
    const legOf = (type: number, suffix: string, count: number): GatewayOrder => ({
      ...entry,
      id: orders.nextId(),
      status: ORDER_STATUS.suspended,
      type,
      side: entry.side === 0 ? 1 : 0,
      limitPrice: null,
      stopPrice: null,
      customTag: customTag === null ? null : `${customTag}${suffix}`,
      parentId: entry.id,
      trailTicks: count,
    });
    const stopLeg = stop === null ? null : legOf(ORDER_TYPE.stop, "-SL", stop.ticks);
    const plainTarget = target === null ? null : legOf(ORDER_TYPE.limit, "-TP", target.ticks);
    const targetLeg =
      plainTarget === null ? null : { ...plainTarget, linkedId: stopLeg?.id ?? null };
    for (const order of [stopLeg, entry, targetLeg]) {
      if (order === null) continue;
      orders.nameForMachine(order);
      if (order !== entry && order.customTag !== null)
        orders.claimTag(entry.accountId, order.customTag);
      reports.change(order, {}, now());
    }
    return entry;
  }

  #draft(request: PlaceRequest, contract: Contract, terms: OrderTerms | null): GatewayOrder {
    const { orders, stamps, now } = this.#parts;
    const createdAt = stamps.next(now());
    const { accountId, type, side, size, customTag } = request;
    return {
      id: orders.nextId(),
      accountId,
      contract,
      createdAt,
      updatedAt: createdAt,
      changedAt: now(),
      status: ORDER_STATUS.pending,
      type,
      side: side as SideCode,
      size,
      limitPrice: terms?.type === "limit" ? terms.limitPrice : null,
      stopPrice: terms?.type === "stop" || terms?.type === "trailingStop" ? terms.stopPrice : null,
      filledQty: 0,
      filledValue: 0,
      customTag,
      parentId: null,
      linkedId: null,
      trailTicks: terms?.type === "trailingStop" ? terms.trailTicks : null,
    };
  }

  /** Leaves a rejected order behind, as the venue does: its tag stays burnt. */
  #reject(request: PlaceRequest, contract: Contract, message: string): Refused {
    const { reports, stamps, now } = this.#parts;
    const draft = this.#draft(request, contract, null);
    const updatedAt = stamps.next(now());
    const order = reports.change(draft, { status: ORDER_STATUS.rejected, updatedAt }, now());
    return { kind: "refused", refusal: { code: PLACE.rejected, message }, order };
  }

  /** Counts what the account holds and what works on the same side. */
  #wouldExceed(request: PlaceRequest, account: FirmAccount, contract: Contract): boolean {
    if (account.maxContracts === null) return false;
    const { accounts, orders } = this.#parts;
    const held = accounts.openPosition(account.id, contract.id)?.qty ?? 0;
    const sign = request.side === 0 ? 1 : -1;
    const working = orders
      .working(account.id)
      .filter(({ side, contract: { id }, parentId }) => {
        return parentId === null && id === contract.id && side === request.side;
      })
      .reduce((sum, { size, filledQty }) => sum + size - filledQty, 0);
    return held * sign + working + request.size > account.maxContracts;
  }
}

function marketRequest(
  { id: accountId }: FirmAccount,
  { id: contractId }: Contract,
  signedQty: number,
): PlaceRequest {
  return {
    accountId,
    contractId,
    type: ORDER_TYPE.market,
    side: signedQty > 0 ? 0 : 1,
    size: Math.abs(signedQty),
    limitPrice: null,
    stopPrice: null,
    trailPrice: null,
    customTag: null,
    stopLossBracket: null,
    takeProfitBracket: null,
  };
}

type Destination = { readonly terms: OrderTerms; readonly instrument: InstrumentId };

function refused(code: number, message: string | null = null): Placed {
  return { kind: "refused", refusal: { code, message }, order: null };
}

function placeText(reason: string): string {
  return reason.startsWith("invalid stop price") ? REFUSALS.price : reason;
}

/** What the machine is told of the legs; nothing of a take profit alone. */
function bracketOf(legs: readonly GatewayOrder[]): Bracket | null {
  const stop = legs.find(({ type }) => type === ORDER_TYPE.stop);
  const target = legs.find(({ type }) => type === ORDER_TYPE.limit);
  if (stop === undefined) return null;
  const distance = (leg: GatewayOrder) => ticks(Math.abs(leg.trailTicks ?? 0));
  invariant(stop.trailTicks !== null, "a leg has a distance");
  return {
    stopLossTicks: distance(stop),
    takeProfitTicks: target === undefined ? null : distance(target),
  };
}
