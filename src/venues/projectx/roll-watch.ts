import type { VenueAlert } from "#ports/venue-alert.ts";
import { type ContractBook, type WantedInstrument, resolveContracts } from "./contract-book.ts";
import type { RestClient } from "./rest-client.ts";

const LOOK_EVERY_MS = 6 * 3_600_000;

/** Watches which contract of a product the venue calls active. A desk keeps the contract it began with, and a person is told. */
export class RollWatch {
  readonly #rest: RestClient;
  readonly #book: ContractBook;
  readonly #wanted: readonly WantedInstrument[];
  readonly #told = new Set<string>();
  #nextAt: number;

  constructor(
    rest: RestClient,
    book: ContractBook,
    wanted: readonly WantedInstrument[],
    now: number,
  ) {
    this.#rest = rest;
    this.#book = book;
    const rolling = wanted.filter(({ contractId }) => contractId === null);
    this.#wanted = rolling.map(({ instrument, contractId }) => ({ instrument, contractId }));
    // What is held may be in a contract that has rolled already.
    const isHeld = rolling.some(({ heldIn }) => heldIn !== undefined);
    this.#nextAt = isHeld ? now : now + LOOK_EVERY_MS;
  }

  /** Called often. */
  async look(now: number, alert: (alert: VenueAlert) => void): Promise<void> {
    if (now < this.#nextAt || this.#wanted.length === 0) return;
    this.#nextAt = now + LOOK_EVERY_MS;
    const found = await resolveContracts(this.#rest, this.#wanted);
    if (found.kind !== "confirmed") return;
    for (const { instrument } of this.#wanted) {
      const before = this.#book.contractOf(instrument.id)?.contractId;
      const active = found.value.contractOf(instrument.id)?.contractId;
      if (before === undefined || active === undefined || active === before) continue;
      if (this.#told.has(active)) continue;
      this.#told.add(active);
      const text =
        `The active contract of ${instrument.id} is ${active} now; this desk trades ${before}. ` +
        "Close what it holds and restart it";
      alert({ severity: "warning", code: "contractRolled", text });
    }
  }
}
