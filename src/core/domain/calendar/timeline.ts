import { invariant } from "#core/domain/invariant.ts";
import { epochMs } from "#core/domain/units.ts";
import type { EpochMs } from "#core/domain/units.ts";

/** `[from, until)` in UTC. */
export type OpenInterval = { readonly from: EpochMs; readonly until: EpochMs };

/**
 * Disjoint open intervals in order of time. Asks come in order of time too, so the place found
 * last is looked at first.
 */
export class Timeline {
  /** Opening, closing, opening, closing, ... strictly ascending. */
  readonly #edges: Float64Array;
  #last = 0;

  constructor(intervals: readonly OpenInterval[]) {
    this.#edges = Float64Array.from(intervals.flatMap(({ from, until }) => [from, until]));
    invariant(
      this.#edges.every((edge, index) => index === 0 || edge > this.#edge(index - 1)),
      "open intervals are disjoint and ascend",
    );
  }

  isOpen(at: EpochMs): boolean {
    return this.#edgesUpTo(at) % 2 === 1;
  }

  intervalAt(at: EpochMs): OpenInterval | undefined {
    const passed = this.#edgesUpTo(at);
    if (passed % 2 === 0) return undefined;
    return { from: epochMs(this.#edge(passed - 1)), until: epochMs(this.#edge(passed)) };
  }

  /** First opening after `at`. */
  nextOpen(at: EpochMs): EpochMs | undefined {
    const passed = this.#edgesUpTo(at);
    return this.#instant(passed % 2 === 0 ? passed : passed + 1);
  }

  /** First closing after `at`. */
  nextClose(at: EpochMs): EpochMs | undefined {
    const passed = this.#edgesUpTo(at);
    return this.#instant(passed % 2 === 0 ? passed + 1 : passed);
  }

  *intervals(): Generator<OpenInterval> {
    for (let index = 0; index < this.#edges.length; index += 2) {
      yield { from: epochMs(this.#edge(index)), until: epochMs(this.#edge(index + 1)) };
    }
  }

  /** How many edges lie at or before `at`: odd inside an interval, even outside. */
  #edgesUpTo(at: number): number {
    const last = this.#last;
    if (at >= this.#edge(last - 1) && at < this.#edge(last)) return last;
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#edge(middle) <= at) low = middle + 1;
      else high = middle;
    }
    this.#last = low;
    return low;
  }

  /** Before the first edge lies minus infinity, after the last one infinity. */
  #edge(index: number): number {
    return this.#edges[index] ?? (index < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  }

  #instant(index: number): EpochMs | undefined {
    const edge = this.#edges[index];
    return edge === undefined ? undefined : epochMs(edge);
  }
}
