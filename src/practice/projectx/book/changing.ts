import { invariant } from "#core/domain/invariant.ts";
import type { OrderTerms } from "#core/domain/order.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";
import { MARKET_CLOSED } from "#core/matching/admission.ts";
import type { ContractList } from "#practice/projectx/contracts/contract-list.ts";
import type { StampSource } from "#practice/projectx/wire/stamp.ts";
import type { Accounts } from "./accounts.ts";
import type { Markets } from "./contract-market.ts";
import type { FirmAccount } from "./firm-account.ts";
import { type GatewayOrder, ORDER_STATUS, ORDER_TYPE, isWorking } from "./gateway-order.ts";
import type { Orders } from "./orders.ts";
import { SIZE_MAX, allowedTicks, trailingTerms } from "./place-check.ts";
import { CHANGE, CLOSE, PARTIAL_CLOSE, REFUSALS, type Refusal } from "./refusal.ts";
import type { ReportBook } from "./report-book.ts";
import type { Trading } from "./trading.ts";

export type ChangingParts = {
  readonly trading: Trading;
  readonly contracts: ContractList;
  readonly markets: Markets;
  readonly orders: Orders;
  readonly accounts: Accounts;
  readonly reports: ReportBook;
  readonly stamps: StampSource;
  readonly now: () => EpochMs;
  /** Runs something when so much practice time has passed. */
  readonly later: (ms: number, run: () => void) => void;
};

/** Absent members leave things as they are. */
export type ModifyRequest = {
  readonly accountId: number;
  readonly orderId: number;
  readonly size: number | null;
  readonly limitPrice: number | null;
  readonly stopPrice: number | null;
  readonly trailPrice: number | null;
};

/** Changes and cancels orders and closes positions. Each method returns why nothing was done, or null. */
export class Changing {
  readonly #parts: ChangingParts;

  constructor(parts: ChangingParts) {
    this.#parts = parts;
  }

  modify(request: ModifyRequest): Refusal | null {
    const found = this.#find(request.accountId, request.orderId);
    if ("code" in found) return found;
    const { order, account } = found;
    if (!isWorking(order) || order.status === ORDER_STATUS.suspended) {
      return { code: CHANGE.rejected, message: null };
    }
    const size = request.size ?? order.size;
    if (size <= 0 || size > SIZE_MAX) return { code: CHANGE.rejected, message: REFUSALS.size };
    const terms = this.#changedTerms(order, request);
    if (typeof terms === "string") return { code: CHANGE.rejected, message: terms };
    const reason = this.#parts.trading.perform({
      kind: "modifyOrder",
      accountId: account.machineId,
      clientOrderId: this.#parts.orders.machineId(order),
      venueOrderId: null,
      qty: size as Lots,
      terms,
    });
    if (reason === undefined) return null;
    return { code: CHANGE.rejected, message: modifyText(reason) };
  }

  /** With `slowMs` the order can still fill for so long, as one that is pending cancellation. */
  cancel(accountId: number, orderId: number, slowMs: number | null = null): Refusal | null {
    const found = this.#find(accountId, orderId);
    if ("code" in found) return found;
    const { order, account } = found;
    if (!isWorking(order)) return { code: CHANGE.unknown, message: null };
    if (order.status === ORDER_STATUS.suspended) return { code: CHANGE.rejected, message: null };
    if (slowMs !== null) {
      const { reports, stamps, now, later } = this.#parts;
      const status = ORDER_STATUS.pendingCancellation;
      reports.change(order, { status, updatedAt: stamps.next(now()) }, now());
      later(slowMs, () => this.#cancelNow(order, account));
      return null;
    }
    const reason = this.#cancelNow(order, account);
    return reason === undefined ? null : { code: CHANGE.rejected, message: null };
  }

  #cancelNow(order: GatewayOrder, account: FirmAccount): string | undefined {
    return this.#parts.trading.perform({
      kind: "cancelOrder",
      accountId: account.machineId,
      clientOrderId: this.#parts.orders.machineId(order),
      venueOrderId: null,
    });
  }

  /** Leaves the legs of the position working, as the venue does. */
  close(accountId: number, contractId: string): Refusal | null {
    return this.#close(accountId, contractId, null);
  }

  partialClose(accountId: number, contractId: string, size: number): Refusal | null {
    return this.#close(accountId, contractId, size);
  }

  #close(accountId: number, contractId: string, size: number | null): Refusal | null {
    const { accounts, contracts, trading } = this.#parts;
    const codes = size === null ? CLOSE : PARTIAL_CLOSE;
    const account = accounts.get(accountId);
    if (account === undefined) return refusal(codes.accountNotFound);
    const contract = contracts.byId(contractId);
    if (contract === undefined) return refusal(codes.contractNotFound);
    if (!contract.isActive) return refusal(codes.contractNotActive);
    if (!account.apiTrading) return refusal(codes.accountRejected);
    const held = accounts.openPosition(accountId, contractId)?.qty ?? 0;
    if (held === 0) return refusal(codes.positionNotFound);
    if (size !== null && (size <= 0 || size > Math.abs(held))) {
      return refusal(PARTIAL_CLOSE.invalidSize);
    }
    const placed = trading.placeMarket(
      account,
      contract,
      -Math.sign(held) * (size ?? Math.abs(held)),
    );
    if (placed.kind === "placed") return null;
    return refusal(codes.rejected, size === null ? placed.refusal.message : null);
  }

  #find(accountId: number, orderId: number): Found | Refusal {
    const account = this.#parts.accounts.get(accountId);
    if (account === undefined) return refusal(CHANGE.accountNotFound);
    if (!account.apiTrading) return refusal(CHANGE.accountRejected, REFUSALS.noApi);
    const order = this.#parts.orders.get(orderId);
    if (order === undefined || order.accountId !== accountId) return refusal(CHANGE.orderNotFound);
    return { account, order };
  }

  /** The terms after a change, or the text of the refusal. Prices an order does not have are ignored. */
  #changedTerms(order: GatewayOrder, request: ModifyRequest): OrderTerms | string {
    const { contract, type, limitPrice, stopPrice, trailTicks } = order;
    const { top } = this.#parts.markets.of(contract);
    const ticksOf = (price: number) => allowedTicks(contract.product, price, top);
    if (type === ORDER_TYPE.market) return { type: "market" };
    if (type === ORDER_TYPE.stop) {
      const to = request.stopPrice === null ? stopPrice : ticksOf(request.stopPrice);
      return to === undefined || to === null ? REFUSALS.stopPrice : { type: "stop", stopPrice: to };
    }
    if (type === ORDER_TYPE.trailingStop) {
      if (request.trailPrice !== null) {
        return trailingTerms(ticksOf(request.trailPrice), order.side, top) ?? REFUSALS.price;
      }
      invariant(stopPrice !== null && trailTicks !== null, "a trailing stop has a distance");
      return { type: "trailingStop", stopPrice, trailTicks: trailTicks as typeof stopPrice };
    }
    const to = request.limitPrice === null ? limitPrice : ticksOf(request.limitPrice);
    return to === undefined || to === null ? REFUSALS.price : { type: "limit", limitPrice: to };
  }
}

type Found = { readonly account: FirmAccount; readonly order: GatewayOrder };

function refusal(code: number, message: string | null = null): Refusal {
  return { code, message };
}

function modifyText(reason: string): string {
  if (reason === MARKET_CLOSED) return REFUSALS.closedHours;
  return reason.startsWith("invalid stop price") ? REFUSALS.stopPrice : reason;
}
