import type { Hit, Kill } from "./schedule.ts";

/** A point that is missed so often in a row will never be passed: something is wrong with the proof. */
const MISSED_MOST = 20;

/** The kills of a round, in their order; it is done when each of them has counted. */
export class KillList {
  readonly #left: Kill[];
  #missed = 0;

  constructor(kills: readonly Kill[]) {
    this.#left = [...kills];
  }

  /** The next kill, which stays the next one until it is noted. */
  next(): Kill | undefined {
    return this.#left[0];
  }

  /**
   * Notes how the next kill went, and whether it counts. A desk that did not come to its point was killed at random: it
   * takes the place of a random kill that is left and the point is tried again then. Where none is left the kill is one
   * too many: the point is tried again, and it does not count.
   */
  note(hit: Hit): "counts" | "extra" {
    const kill = this.#left.shift();
    if (kill?.kind !== "point" || hit === kill.point) {
      this.#missed = 0;
      return "counts";
    }
    this.#missed += 1;
    if (this.#missed > MISSED_MOST) {
      throw new Error(`${kill.point} was missed ${MISSED_MOST} times, found no way to get there`);
    }
    const next = this.#left.findIndex(({ kind }) => kind === "random");
    if (next !== -1) {
      this.#left[next] = kill;
      return "counts";
    }
    this.#left.push(kill);
    return "extra";
  }
}
