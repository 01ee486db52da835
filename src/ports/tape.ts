import type { InstrumentId } from "#core/domain/ids.ts";

/**
 * Market data as received, with the sequence numbers the desk gave it. Written without waiting for the disk: a
 * lost tail costs verification, never state. So a disk that takes nothing costs events and throws nothing; whoever
 * opened the tape is told. Numbers rise. `flush` asks for what is buffered to be written.
 */
export type TapeWriter = {
  /** Sequence number of the last event on the tape; zero on a new one. */
  readonly lastSeq: number;
  readonly append: (event: TapeEvent) => void;
  readonly flush: () => void;
  readonly close: () => void;
};

/** A market event in plain numbers. `kind` 0 trade, 1 quote, 2 clock advanced (other columns zero). */
export type TapeEvent = {
  readonly seq: number;
  readonly kind: 0 | 1 | 2;
  readonly at: number;
  readonly instrument: InstrumentId;
  readonly price: number;
  readonly qty: number;
  readonly askPrice: number;
  readonly askQty: number;
  readonly aggressor: 0 | 1 | 2;
};

/** Reads a tape front to back; damaged or missing ranges are reported, never invented. */
export type TapeReader = {
  readonly events: () => Iterable<TapeEvent>;
  /** Set when reading stopped early: the last sound sequence number and why. */
  readonly shortAfter: () => { readonly seq: number; readonly reason: string } | undefined;
};
