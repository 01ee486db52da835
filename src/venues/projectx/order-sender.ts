import type { CancelOrder, ModifyOrder, SubmitOrder, VenueCommand } from "#core/desk/command.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { OrderReport } from "#core/domain/report.ts";
import type { DurationMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { VenueAlert } from "#ports/venue-alert.ts";
import type { AccountBook, TradedAccount } from "./account-book.ts";
import type { ContractBook } from "./contract-book.ts";
import { CANCEL_ORDER, MODIFY_ORDER, PLACE_ORDER, SEARCH_OPEN_ORDERS } from "./operations.ts";
import type { OrderTracker } from "./order-tracker.ts";
import { keyOf, placement, prices } from "./order-words.ts";
import { type Outcome, reasonOf } from "./outcome.ts";
import type { MayGo, RestClient } from "./rest-client.ts";

type OrderCommand = Exclude<VenueCommand, { readonly kind: "requestSnapshot" }>;

export type SenderParts = {
  readonly rest: RestClient;
  readonly clock: Clock;
  /** How long the desk waits for an answer before it takes an order for unknown, and looks for it. */
  readonly answerTimeout: DurationMs;
  readonly book: ContractBook;
  readonly accounts: AccountBook;
  readonly tracker: OrderTracker;
  /** Why nothing that adds risk may go now, or null. */
  readonly blocked: () => string | null;
  readonly tell: (reports: readonly OrderReport[]) => void;
  /** Told of every request that was carried out, or may have been. */
  readonly onDone: (accountId: AccountId) => void;
  /** The venue refused an order because of the state of its account. */
  readonly onViolation: () => void;
  readonly alert: (alert: VenueAlert) => void;
};

/** Error code of Order/place: the account may not do this, or may do nothing any more. */
const VIOLATION = 4;

/**
 * Turns commands into requests, once each, and their answers into reports. The gate has decided before; here is the
 * last line of defence, and it too lets through whatever reduces risk (R12).
 */
export class OrderSender {
  readonly #parts: SenderParts;
  readonly #placing = new Map<string, Promise<void>>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Begins at once; resolves when the answer has been told. */
  send(command: OrderCommand): Promise<void> {
    const account = this.#parts.accounts.find(command.accountId);
    if (account === undefined) {
      return this.#withhold(command, `the venue has no account for ${command.accountId}`);
    }
    const disarmed = this.#withheld(command);
    if (disarmed !== null) return this.#withhold(command, disarmed);
    switch (command.kind) {
      case "submitOrder": {
        const placing = this.#submit(command, account);
        this.#placing.set(command.clientOrderId, placing);
        return placing.finally(() => this.#placing.delete(command.clientOrderId));
      }
      case "cancelOrder":
        return this.#cancel(command, account);
      case "modifyOrder":
        return this.#modify(command, account);
    }
  }

  /** Why an account may not send this, told to a person, or null. */
  #withheld(command: OrderCommand): string | null {
    const disarmed = this.#disarmed(command);
    if (disarmed === null) return null;
    const { clientOrderId, kind } = command;
    const text = `${kind} ${clientOrderId} was withheld: ${disarmed}`;
    this.#parts.alert({ severity: "critical", code: "sendWithheld", text });
    return disarmed;
  }

  /** Asked again before every time that something is sent: a log-in may come before, and a second attempt. */
  #mayGo(command: OrderCommand): MayGo {
    const { clock, blocked } = this.#parts;
    const withinMs = this.#withinMs(command);
    const latestMs = clock.monotonicMs() + withinMs;
    return () => {
      const disarmed = this.#withheld(command);
      if (disarmed !== null) return disarmed;
      if (clock.monotonicMs() <= latestMs) return adds(command) ? blocked() : null;
      return `not sent within ${withinMs / 1_000} s: the venue had to be logged in to, or did not answer`;
    };
  }

  /**
   * No order is sent when the desk may have found by the lists that there is none, and have placed another (R5); a stop
   * that is late all the same is canceled. What adds risk has half of that time, for its way and because its price
   * grows old. Cancels and changes may be as late as they are.
   */
  #withinMs(command: OrderCommand): number {
    if (command.kind !== "submitOrder") return Number.POSITIVE_INFINITY;
    return this.#parts.answerTimeout * (adds(command) ? 0.5 : 1);
  }

  #disarmed(command: OrderCommand): string | null {
    const arming = this.#parts.accounts.armingOf(command.accountId);
    if (arming === "observe") return `${command.accountId} is only observed`;
    return arming === "guard" && adds(command) ? `${command.accountId} is only guarded` : null;
  }

  async #submit(command: SubmitOrder, account: TradedAccount): Promise<void> {
    const { rest, book, tracker, tell, blocked } = this.#parts;
    const { clientOrderId, instrument, reduceOnly } = command;
    const contract = book.contractOf(instrument);
    const reason = reduceOnly ? null : blocked();
    if (reason !== null) return this.#withhold(command, reason);
    if (contract === undefined) {
      const problem =
        book.problems.get(instrument) ?? `the venue has no contract for ${instrument}`;
      return this.#withhold(command, problem);
    }
    const placed = placement(command, contract, account.number);
    if ("problem" in placed) return this.#withhold(command, placed.problem);
    const mayGo = this.#mayGo(command);
    tracker.placing(clientOrderId);
    const priority = reduceOnly ? "reduce" : "mutate";
    const outcome = await rest.call(PLACE_ORDER, placed.body, priority, mayGo);
    tell(tracker.placed(clientOrderId, contract.contractId, outcome));
    this.#noteDone(command, outcome);
    if (outcome.kind === "refused" && outcome.code === VIOLATION) this.#parts.onViolation();
  }

  async #cancel(command: CancelOrder, account: TradedAccount): Promise<void> {
    const { rest, tell } = this.#parts;
    const { clientOrderId } = command;
    const orderId = this.#idOf(command) ?? (await this.#find(command, account));
    if (orderId === null) {
      const reason = "the venue has not told its number of this order";
      return tell([{ kind: "unconfirmed", clientOrderId, reason }]);
    }
    const body = { accountId: Number(account.number), orderId: Number(orderId) };
    const outcome = await rest.call(CANCEL_ORDER, body, "reduce", this.#mayGo(command));
    this.#noteDone(command, outcome);
    switch (outcome.kind) {
      // Not the end of the order: the hub tells that, with what it had filled (R6).
      case "confirmed":
        return;
      case "refused":
      case "notSent":
        return tell([{ kind: "cancelRejected", clientOrderId, reason: reasonOf(outcome) }]);
      case "unknown":
        return tell([{ kind: "unconfirmed", clientOrderId, reason: outcome.reason }]);
    }
  }

  async #modify(command: ModifyOrder, account: TradedAccount): Promise<void> {
    const { rest, tracker, tell } = this.#parts;
    const { clientOrderId, qty, terms } = command;
    const orderId = this.#idOf(command) ?? (await this.#find(command, account));
    const instrument = orderId === null ? undefined : tracker.instrumentOfId(orderId);
    if (orderId === null || instrument === undefined) {
      const reason = "the venue has not told its number of this order";
      return tell([{ kind: "modifyRejected", clientOrderId, reason }]);
    }
    const isResized = tracker.qtyOfId(orderId) !== qty;
    const body = {
      accountId: Number(account.number),
      orderId: Number(orderId),
      size: isResized ? qty : null,
      ...prices(terms, instrument),
      trailPrice: null,
    };
    tracker.changing(clientOrderId);
    // Mostly a stop is moved or made as large as the position.
    const outcome = await rest.call(MODIFY_ORDER, body, "reduce", this.#mayGo(command));
    this.#noteDone(command, outcome);
    switch (outcome.kind) {
      case "confirmed":
        tracker.changed(clientOrderId, { qty, terms });
        return tell([{ kind: "modified", clientOrderId, qty, terms }]);
      case "refused":
      case "notSent":
        tracker.changed(clientOrderId, "unchanged");
        return tell([{ kind: "modifyRejected", clientOrderId, reason: reasonOf(outcome) }]);
      case "unknown":
        tracker.changed(clientOrderId, "unknown");
        return tell([{ kind: "unconfirmed", clientOrderId, reason: outcome.reason }]);
    }
  }

  #noteDone({ accountId }: OrderCommand, { kind }: Outcome<unknown>): void {
    if (kind === "confirmed" || kind === "unknown") this.#parts.onDone(accountId);
  }

  #idOf(command: CancelOrder | ModifyOrder): string | null {
    return command.venueOrderId ?? this.#parts.tracker.idOfKey(command.clientOrderId) ?? null;
  }

  /** The venue's number of an order that was asked to change before its own answer came, or whose answer was lost. */
  async #find(command: CancelOrder | ModifyOrder, account: TradedAccount): Promise<string | null> {
    const { rest, tracker } = this.#parts;
    await this.#placing.get(command.clientOrderId);
    const known = this.#idOf(command);
    if (known !== null) return known;
    const body = { accountId: Number(account.number) };
    const open = await rest.call(SEARCH_OPEN_ORDERS, body, "reduce");
    const rows = open.kind === "confirmed" ? open.value : [];
    for (const row of rows) if (keyOf(row) === command.clientOrderId) tracker.learn(row);
    return this.#idOf(command);
  }

  /** It was not sent, and never will be: that much is certain. */
  #withhold(command: OrderCommand, reason: string): Promise<void> {
    const { clientOrderId } = command;
    switch (command.kind) {
      case "submitOrder":
        this.#parts.tell([{ kind: "rejected", clientOrderId, reason }]);
        break;
      case "cancelOrder":
        this.#parts.tell([{ kind: "cancelRejected", clientOrderId, reason }]);
        break;
      case "modifyOrder":
        this.#parts.tell([{ kind: "modifyRejected", clientOrderId, reason }]);
    }
    return Promise.resolve();
  }
}

function adds(command: OrderCommand): boolean {
  return command.kind === "submitOrder" && !command.reduceOnly;
}
