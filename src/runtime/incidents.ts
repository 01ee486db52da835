import type { Fact } from "#core/desk/fact.ts";
import { type DeskState, findOrder } from "#core/desk/state.ts";
import type { ClientOrderId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Incident } from "./status.ts";

const KEPT = 20;
/** Cancels that may be unanswered at once; beyond it the oldest are forgotten, and their end is told. */
const ASKED_MAX = 1_000;

/** The last things that happened to orders and positions though nobody here asked for them, for screens. */
export class Incidents {
  #all: readonly Incident[] = [];
  /** Orders whose cancel was asked for: their end is no surprise. */
  readonly #asked = new Set<ClientOrderId>();

  get all(): readonly Incident[] {
    return this.#all;
  }

  /** Takes a fact that has been folded into the state. */
  add(fact: Fact, at: EpochMs, state: DeskState): void {
    const { kind } = fact;
    if (kind === "cancelRequested") this.#ask(fact.clientOrderId);
    if (kind === "breachFound") this.#keep({ kind: "breach", at, breach: fact.breach });
    if (kind === "orderRejected" || kind === "modifyRejected") {
      this.#note("refused", fact, { at, state });
    }
    if (kind === "orderCanceled" || kind === "orderExpired") {
      const isAsked = this.#asked.delete(fact.clientOrderId);
      // A list may tell of the end of an order before its fills are told.
      const isFilled = findOrder(state, fact.clientOrderId)?.qty === fact.venueFilledQty;
      if (!isAsked && !isFilled) this.#note("withdrawn", fact, { at, state });
    }
  }

  #ask(id: ClientOrderId): void {
    this.#asked.add(id);
    const [oldest] = this.#asked;
    if (this.#asked.size > ASKED_MAX && oldest !== undefined) this.#asked.delete(oldest);
  }

  #note(
    kind: "refused" | "withdrawn",
    fact: {
      readonly kind: Fact["kind"];
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    },
    { at, state }: { readonly at: EpochMs; readonly state: DeskState },
  ): void {
    const order = findOrder(state, fact.clientOrderId);
    if (order === undefined) return;
    const what = fact.kind === "modifyRejected" ? "change" : "order";
    this.#keep({ kind, what, at, order, reason: fact.reason });
  }

  #keep(incident: Incident): void {
    this.#all = [...this.#all, incident].slice(-KEPT);
  }
}
