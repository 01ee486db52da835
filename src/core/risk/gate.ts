import type { Arming } from "#core/desk/config.ts";
import { deskTradingState } from "#core/desk/state.ts";
import type { ClientOrderId } from "#core/domain/ids.ts";
import type { Order, OrderIntent } from "#core/domain/order.ts";
import { sameTerms, sideSign } from "#core/domain/order.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { AccountGate } from "./account-gate.ts";
import { type Denial, type DenialCode, denied } from "./denial.ts";
import { entryDenial, priceDenial, stateCode } from "./entry-checks.ts";
import { isLeg, isProtective, unclaimedLots } from "./exposure.ts";
import { closeDownOf, lockoutOn } from "./latches.ts";
import type { RiskView } from "./risk-view.ts";

export type Verdict =
  | { readonly kind: "approved"; readonly approved: Approved }
  | { readonly kind: "denied"; readonly denial: Denial };

/** When an approved order was stamped and how long it may wait to be sent. */
export type Stamp = {
  readonly clientOrderId: ClientOrderId;
  readonly queueUntil: EpochMs;
};

/**
 * An order that passed the gate. The class is private to this file and its seal is a private field, so no cast
 * and no literal makes another one; the queue accepts nothing else.
 */
class ApprovedOrder {
  readonly #seal = true;
  readonly order: Order;

  constructor(order: Order) {
    this.order = order;
  }

  static isSealed(candidate: ApprovedOrder): boolean {
    return #seal in candidate && candidate.#seal;
  }
}

export type Approved = ApprovedOrder;

/** Whether a value came out of the gate, for whoever must be sure at run time. */
export function isApproved(candidate: Approved): boolean {
  return ApprovedOrder.isSealed(candidate);
}

/**
 * Decides about an intent. Pure: the caller reserves the exposure in the same step by emitting `orderApproved`
 * (R8). An intent that only reduces is exempt from entry rules, not from the way.
 */
export function decideIntent(
  intent: OrderIntent,
  gate: AccountGate | undefined,
  view: RiskView,
  stamp: Stamp,
): Verdict {
  const denial = denialOf(intent, gate, view);
  if (denial !== undefined) return { kind: "denied", denial };
  const reduceOnly = intent.reduceOnly || reduces(intent, view);
  return {
    kind: "approved",
    approved: new ApprovedOrder(orderOf(intent, view, { ...stamp, reduceOnly })),
  };
}

/** Why an intent may not go out; undefined when it may. What a preview shows. */
export function denialOf(
  intent: OrderIntent,
  gate: AccountGate | undefined,
  view: RiskView,
): Denial | undefined {
  if (gate === undefined) return denied("accountUnknown", { value: intent.accountId });
  if (view.market.instrument(intent.instrument) === undefined) {
    return denied("instrumentUnknown", { value: intent.instrument });
  }
  if (!Number.isSafeInteger(intent.qty) || intent.qty < 1) {
    return denied("qtyMustBePositive", { limit: 1, value: intent.qty });
  }
  const arming = armingOf(intent, view);
  if (arming === "observe") return denied("notArmed", { value: arming });
  if (intent.reduceOnly && !reduces(intent, view)) {
    const { accountId, instrument } = intent;
    const limit = reducibleLots(intent, view);
    return denied("reduceOnlyWouldIncrease", {
      limit,
      value: `${accountId}/${instrument}: ${intent.qty}`,
    });
  }
  if (reduces(intent, view)) return undefined;
  if (arming === "guard") return denied("notArmed", { value: arming });
  return entryDenial(intent, gate, view) ?? ruleDenial(intent, gate, view);
}

/** Asked again in the same turn as the socket write (R8): whether a released order may still go. */
export function sendDenial(order: Order, view: RiskView): DenialCode | undefined {
  const { state } = view;
  const account = state.accounts.get(order.accountId);
  if (account?.arming === "observe") return "notArmed";
  if (order.reduceOnly) return undefined;
  if (!state.journalWritable) return "journalNotWritable";
  if (state.degraded !== null) return "deskDegraded";
  const tradingState = deskTradingState(state);
  if (tradingState !== "active") return stateCode(tradingState);
  if (account?.isStopped === true) return "accountStopped";
  if (account === undefined || !account.ready) return "accountNotReady";
  if (account.tradingState !== "active") return stateCode(account.tradingState);
  if (account.arming !== "trade") return "notArmed";
  const { source } = order;
  if (source.kind === "bot" && state.bots.get(source.botId)?.status.kind !== "running")
    return "botNotRunning";
  if (lockoutOn(order, state) !== undefined) return "accountLocked";
  return closeDownOf(order, state) === undefined ? undefined : "flattenRunning";
}

/**
 * Why a working order may not change. More lots are an entry of the difference, other prices must be sane ones for the
 * whole. Fewer lots always may be asked for, and what guards a position and stays within it may change freely.
 */
export function changeDenial(
  order: Order,
  to: Pick<Order, "qty" | "terms">,
  gate: AccountGate | undefined,
  view: RiskView,
): Denial | undefined {
  if (gate === undefined) return denied("accountUnknown", { value: order.accountId });
  const arming = armingOf(order, view);
  if (arming === "observe") return denied("notArmed", { value: arming });
  if (order.reduceOnly) return reduceChangeDenial(order, to.qty, view);
  const changed = { ...order, ...to };
  if (isProtective(changed, view.position(order.accountId, order.instrument))) return undefined;
  if (arming === "guard") return denied("notArmed", { value: arming });
  const sending = sendDenial(order, view);
  if (sending !== undefined) return denied(sending);
  const more = to.qty - order.qty;
  if (more <= 0 && sameTerms(to.terms, order.terms)) return undefined;
  const { maxOrderSize } = gate.limits;
  if (to.qty > maxOrderSize) {
    return denied("orderSizeExceeded", { limit: maxOrderSize, value: to.qty });
  }
  const denial = priceDenial(changed, gate, view);
  if (denial !== undefined || more <= 0) return denial;
  const added = { ...changed, qty: more as Order["qty"] };
  return entryDenial(added, gate, view) ?? ruleDenial(added, gate, view);
}

function armingOf({ accountId }: Pick<Order, "accountId">, { state }: RiskView): Arming {
  return state.accounts.get(accountId)?.arming ?? "observe";
}

/** An exit may grow by what no other exit has claimed, and never beyond the position. */
function reduceChangeDenial(order: Order, qty: number, view: RiskView): Denial | undefined {
  if (qty <= order.qty) return undefined;
  const limit = order.qty + unclaimedLots(view.state, order);
  if (qty <= limit) return undefined;
  return denied("reduceOnlyWouldIncrease", { limit, value: qty });
}

/** Whether whatever happens to this order, the position only shrinks. */
function reduces(intent: OrderIntent, view: RiskView): boolean {
  return intent.qty <= reducibleLots(intent, view);
}

/** Lots that an order on this side may still take off the position. */
function reducibleLots(intent: OrderIntent, view: RiskView): number {
  const position = view.position(intent.accountId, intent.instrument);
  if (position === undefined || Math.sign(position.qty) === sideSign(intent.side)) return 0;
  if (isLeg(intent)) return Math.abs(position.qty);
  return unclaimedLots(view.state, intent);
}

function ruleDenial(intent: OrderIntent, gate: AccountGate, view: RiskView): Denial | undefined {
  for (const rule of gate.rules) {
    const denial = rule.check(intent, view);
    if (denial !== undefined) return denial;
  }
  return undefined;
}

function orderOf(
  intent: OrderIntent,
  view: RiskView,
  stamp: Stamp & { readonly reduceOnly: boolean },
): Order {
  return {
    ...intent,
    clientOrderId: stamp.clientOrderId,
    reduceOnly: stamp.reduceOnly,
    bracket: stamp.reduceOnly ? null : intent.bracket,
    venueOrderId: null,
    approvedAt: view.now,
    queueUntil: stamp.queueUntil,
    status: { kind: "queued" },
    change: null,
    filledQty: 0 as Order["filledQty"],
    venueFilledQty: 0 as Order["venueFilledQty"],
  };
}
