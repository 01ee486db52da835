import type { EpochMs } from "#core/domain/units.ts";

/** Time for everything below the composition root. */
export type Clock = {
  /** The time of day. May jump; never use it to measure. */
  readonly now: () => EpochMs;
  /** Milliseconds that only grow, from an unknown start. */
  readonly monotonicMs: () => number;
  /** Milliseconds of a processor that this thread has used; stands still while the machine is busy otherwise or stopped. */
  readonly processorMs: () => number;
  /** Resolves after a time or when the signal aborts, whichever is first; never rejects. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Resolves when everything that has arrived meanwhile has been handled. */
  readonly yieldTurn: () => Promise<void>;
  /** Calls back every so often until the returned function is called. */
  readonly every: (ms: number, run: () => void) => () => void;
};
