import { encode } from "./codec.ts";

/** A hash of text, as lower-case hexadecimal. Passed in, because the core imports nothing. */
export type HashText = (text: string) => string;

/** The hash of a journal record: it holds the hash of the record before, so no byte can change unseen. */
export function chainHash(hash: HashText, previous: string, body: string): string {
  return hash(`${previous}\n${body}`);
}

/**
 * One number for everything a session did: the chain over every outcome, in order, but the one that names the
 * session. Two runs with equal fingerprints took the same decisions for the same events.
 */
export class Fingerprint {
  readonly #hash: HashText;
  /** Taken in and not hashed yet: an order on its way to the venue does not wait for that. */
  #waiting: string[] = [];
  #chain = "";

  constructor(hash: HashText) {
    this.#hash = hash;
  }

  /** Takes in one outcome, already encoded (see `encodeOutcome`). */
  add(outcome: string): void {
    this.#waiting.push(outcome);
    if (this.#waiting.length >= WAITING_MOST) this.#hashWaiting();
  }

  get value(): string {
    this.#hashWaiting();
    return this.#chain;
  }

  #hashWaiting(): void {
    for (const outcome of this.#waiting) this.#chain = chainHash(this.#hash, this.#chain, outcome);
    this.#waiting = [];
  }
}

const WAITING_MOST = 100;

/** The canonical text of what one event led to. */
export function encodeOutcome(outcome: {
  readonly seq: number;
  readonly facts: readonly unknown[];
  readonly commands: readonly unknown[];
}): string {
  const { seq, facts, commands } = outcome;
  return encode({ seq, facts, commands });
}
