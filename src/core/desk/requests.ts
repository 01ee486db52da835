import type { AccountId } from "#core/domain/ids.ts";
import { type Order, type OrderIntent, isClosed, priceOf, sameTerms } from "#core/domain/order.ts";
import { closingSide } from "#core/domain/position.ts";
import { NO_LOTS } from "#core/domain/units.ts";
import { moveLeg } from "#core/orders/brackets.ts";
import {
  isObserved,
  marketTerms,
  placeIntent,
  reducing,
  requestCancel,
  requestModify,
} from "#core/orders/place.ts";
import { denied } from "#core/risk/denial.ts";
import { startClose } from "#core/risk/enforce.ts";
import { isLeg, isOpenEntry } from "#core/risk/exposure.ts";
import { changeDenial } from "#core/risk/gate.ts";
import { encode } from "./codec.ts";
import type { Arming } from "./config.ts";
import type { InputEvent } from "./event.ts";
import { legSizeNote, lockoutNote, stopReached, unprotectedNote } from "./request-notes.ts";
import type { Request, RequestResult } from "./request.ts";
import { findOrder } from "./state.ts";
import type { Turn } from "./turn.ts";

type Received = Extract<InputEvent, { kind: "requestReceived" }>;

/**
 * Takes in what a person or a program asked for, once: asking again with the same id gets the same answer. Another
 * request under an id that was used is not an answer to it, and is not carried out.
 */
export function decideRequest(turn: Turn, received: Received): void {
  const { requestId, request } = received;
  const known = turn.state.requests.get(requestId);
  if (known !== undefined) {
    const isSame = encode(known.request) === encode(request);
    const result = isSame ? known.result : impossible(REUSED);
    return turn.ask({ kind: "reply", requestId, result });
  }
  const result = resultOf(turn, received);
  turn.emit({ kind: "requestHandled", requestId, request, result });
  turn.ask({ kind: "reply", requestId, result });
}

const REUSED = "the request id was used for another request; give each request an id of its own";
const NOT_DOWN = "there is nothing to reconnect: the link to the venue is up";
const NO_LEGS = "it only reduces the position, so it gets no stop and no target of its own";

function resultOf(turn: Turn, { request, requestId, by }: Received): RequestResult {
  switch (request.kind) {
    case "submit":
      return place(turn, submitted(request, { requestId, by }));
    case "cancel":
      return cancel(turn, request);
    case "modify":
      return modify(turn, request);
    case "close":
      return close(turn, request, { requestId, by });
    case "flatten":
      return flatten(turn, request.accountId);
    case "setTradingState":
      return setTradingState(turn, request, by);
    case "reconnect":
      return reconnect(turn, by);
    case "arm":
      return arm(turn, request, by);
  }
}

type Asker = Pick<Received, "requestId" | "by">;

function submitted(request: Extract<Request, { kind: "submit" }>, asker: Asker): OrderIntent {
  const { accountId, instrument, side, qty, terms, timeInForce, reduceOnly, bracket } = request;
  return {
    accountId,
    instrument,
    side,
    qty,
    terms,
    timeInForce,
    reduceOnly,
    bracket,
    source: { kind: "person", name: asker.by },
    purpose: reduceOnly ? "exit" : "entry",
    parent: null,
    requestId: asker.requestId,
  };
}

function place(turn: Turn, intent: OrderIntent): RequestResult {
  const placed = placeIntent(turn, intent);
  if (placed.kind === "denied") return { kind: "denied", denial: placed.denial };
  const hasNoLegs = placed.order.reduceOnly && intent.bracket !== null;
  return accepted([placed.order], hasNoLegs ? NO_LEGS : null);
}

function cancel(
  turn: Turn,
  { clientOrderId: id }: Extract<Request, { kind: "cancel" }>,
): RequestResult {
  const order = findOrder(turn.state, id);
  if (order === undefined)
    return impossible(`no order ${id} is known; keel status lists the working ones`);
  if (isClosed(order)) return impossible(`order ${id} is ${order.status.kind} already`);
  if (isObserved(turn, order.accountId)) return notArmed();
  if (isLeg(order)) moveLeg(turn, order, null);
  requestCancel(turn, order);
  return accepted([order], unprotectedNote(turn, order));
}

function modify(turn: Turn, request: Extract<Request, { kind: "modify" }>): RequestResult {
  const order = findOrder(turn.state, request.clientOrderId);
  if (order === undefined) return impossible(`no order ${request.clientOrderId} is known`);
  if (order.status.kind !== "working")
    return impossible(`the order is ${order.status.kind}, not working`);
  if (order.change !== null)
    return impossible("a change of the order is on its way; wait for its answer");
  if (request.terms.type !== order.terms.type) {
    return impossible(
      `the order is a ${order.terms.type} order and stays one; cancel it to place another`,
    );
  }
  if (isObserved(turn, order.accountId)) return notArmed();
  const reached = stopReached(turn, order, request.terms);
  if (reached !== undefined) return impossible(reached);
  if (isLeg(order)) return modifyLeg(turn, order, request);
  const denial = changeDenial(order, request, turn.gates.get(order.accountId), turn.view);
  if (denial !== undefined) return { kind: "denied", denial };
  requestModify(turn, order, request);
  return accepted([order]);
}

/** Its price is a person's to say, its size the desk's. */
function modifyLeg(turn: Turn, leg: Order, to: Pick<Order, "qty" | "terms">): RequestResult {
  const note = legSizeNote(leg, to.qty);
  if (note !== null && sameTerms(to.terms, leg.terms)) {
    const { accountId, instrument } = leg;
    return impossible(`${note}; keel close ${accountId} ${instrument} with lots closes a part`);
  }
  moveLeg(turn, leg, priceOf(to.terms) ?? null);
  turn.touch(leg.accountId);
  return accepted([leg], note);
}

function close(
  turn: Turn,
  request: Extract<Request, { kind: "close" }>,
  asker: Asker,
): RequestResult {
  const { accountId, instrument } = request;
  const position = turn.view.position(accountId, instrument);
  if (position === undefined || position.qty === 0)
    return impossible(`${accountId} holds no ${instrument}`);
  if (isObserved(turn, accountId)) return notArmed();
  if (request.qty === null) {
    startClose(turn, { accountId, instrument, keepQty: NO_LOTS, cause: "person" });
    return accepted([]);
  }
  const { qty } = request;
  const order = { accountId, instrument, purpose: "exit", qty, terms: marketTerms() } as const;
  const owner = { source: { kind: "person", name: asker.by }, parent: null } as const;
  const intent = reducing({ ...order, side: closingSide(position.qty) }, owner);
  return place(turn, { ...intent, requestId: asker.requestId });
}

function flatten(turn: Turn, accountId: AccountId): RequestResult {
  if (!turn.state.accounts.has(accountId))
    return impossible(`no account ${accountId} is configured`);
  if (isObserved(turn, accountId)) return notArmed();
  startClose(turn, { accountId, instrument: null, keepQty: NO_LOTS, cause: "person" });
  return accepted([]);
}

function setTradingState(
  turn: Turn,
  { scope, state }: Extract<Request, { kind: "setTradingState" }>,
  by: string,
): RequestResult {
  if (scope.kind === "account" && !turn.state.accounts.has(scope.accountId)) {
    return impossible(`no account ${scope.accountId} is configured`);
  }
  if (scope.kind === "bot" && !turn.state.bots.has(scope.botId)) {
    return impossible(`no bot ${scope.botId} is configured`);
  }
  const reason = `asked by ${by}`;
  turn.emit({ kind: "tradingStateChanged", scope, state, reason });
  if (scope.kind === "bot") {
    const status = botStatus(state, reason);
    turn.emit({ kind: "botStatusChanged", botId: scope.botId, status });
  }
  for (const accountId of turn.state.accounts.keys()) turn.touch(accountId);
  return accepted([], state === "active" ? lockoutNote(turn, scope) : null);
}

/** The link does it when the record is durable. */
function reconnect(turn: Turn, by: string): RequestResult {
  if (turn.state.linkProblem === null) return impossible(NOT_DOWN);
  turn.emit({ kind: "reconnectRequested", by, at: turn.now });
  return accepted([]);
}

const ARMING_STEPS: readonly Arming[] = ["observe", "guard", "trade"];

/** Down at once; up only by whoever types the account's name. Entries that may not be sent any more are withdrawn. */
function arm(
  turn: Turn,
  { accountId, arming, confirm }: Extract<Request, { kind: "arm" }>,
  by: string,
): RequestResult {
  const account = turn.state.accounts.get(accountId);
  if (account === undefined) return impossible(`no account ${accountId} is configured`);
  if (account.arming === arming) return impossible(`the account is in ${arming} already`);
  const isStepUp = ARMING_STEPS.indexOf(arming) > ARMING_STEPS.indexOf(account.arming);
  if (isStepUp && confirm !== accountId)
    return impossible(`type the account's name, ${accountId}, to allow more to be sent`);
  const open = arming === "observe" ? withdrawn(turn, accountId) : [];
  if (open.length > 0) {
    const ids = open.map((order) => order.clientOrderId).join(", ");
    return impossible(
      `entries that may still fill are being canceled (${ids}); say it again once they are gone, or say guard`,
    );
  }
  turn.emit({ kind: "armingChanged", accountId, arming, by, at: turn.now });
  turn.touch(accountId);
  const isHeld = arming === "observe" && turn.view.openPositions(accountId).length > 0;
  return accepted([], isHeld ? STILL_HELD : null);
}

const STILL_HELD =
  "it holds a position: what guards it at the venue stays there, and the desk adds nothing to it";

/**
 * Entries of ours that may still fill, canceled as far as we can: nothing could protect what they opened once the
 * account is only observed.
 */
function withdrawn(turn: Turn, accountId: AccountId): readonly Order[] {
  const entries = turn.view
    .ordersOf(accountId)
    .filter((order) => isOpenEntry(order) && order.source.kind !== "external");
  for (const order of entries) requestCancel(turn, order);
  return entries.filter(({ clientOrderId }) => turn.state.openOrders.has(clientOrderId));
}

function botStatus(state: "active" | "reducing" | "halted", reason: string) {
  if (state === "active") return { kind: "running" } as const;
  return state === "reducing"
    ? ({ kind: "paused" } as const)
    : ({ kind: "halted", reason } as const);
}

function accepted(orders: readonly Order[], note: string | null = null): RequestResult {
  return { kind: "accepted", clientOrderIds: orders.map((order) => order.clientOrderId), note };
}

/** Asked for something that would have to be sent about an account that is only observed. */
function notArmed(): RequestResult {
  return { kind: "denied", denial: denied("notArmed", { value: "observe" }) };
}

function impossible(reason: string): RequestResult {
  return { kind: "impossible", reason };
}
