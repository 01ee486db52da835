import type { EpochMs } from "#core/domain/units.ts";

/** Something that will happen at an instant. `rank` orders what happens at the same one. */
export type Scheduled<T> = { readonly at: EpochMs; readonly rank: number; readonly item: T };

type Entry<T> = Scheduled<T> & { readonly seq: number };

const NEVER = Number.POSITIVE_INFINITY;

/** What is to come, in the stable order (at, rank, sequence of scheduling). A binary heap. */
export class EventQueue<T> {
  /** When the first event is due; Infinity while there is none. */
  nextAt: number = NEVER;
  readonly #heap: Entry<T>[] = [];
  #scheduled = 0;

  push(event: Scheduled<T>): void {
    const { at, rank, item } = event;
    this.#scheduled += 1;
    const entry = { at, rank, item, seq: this.#scheduled };
    this.#rise(this.#heap.push(entry) - 1, entry);
    this.#refresh();
  }

  /** Takes the first event out; undefined when there is none. */
  pop(): Scheduled<T> | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    this.#refresh();
    return first;
  }

  /** Everything to come, first to last. Pushed in this order into an empty queue, it comes out in it. */
  list(): readonly Scheduled<T>[] {
    return this.#heap.toSorted(inOrder).map(({ at, rank, item }) => ({ at, rank, item }));
  }

  #rise(from: number, entry: Entry<T>): void {
    let hole = from;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = this.#heap[above] as Entry<T>;
      if (inOrder(parent, entry) < 0) break;
      this.#heap[hole] = parent;
      hole = above;
    }
    this.#heap[hole] = entry;
  }

  /** Puts `entry` in place of the first one, which has been taken out. */
  #sink(entry: Entry<T>): void {
    const size = this.#heap.length;
    let hole = 0;
    for (let below = 1; below < size; below = 2 * hole + 1) {
      const left = this.#heap[below] as Entry<T>;
      const right = this.#heap[below + 1];
      const rightFirst = right !== undefined && inOrder(right, left) < 0;
      const first = rightFirst ? right : left;
      if (inOrder(entry, first) < 0) break;
      this.#heap[hole] = first;
      hole = rightFirst ? below + 1 : below;
    }
    this.#heap[hole] = entry;
  }

  #refresh(): void {
    this.nextAt = this.#heap[0]?.at ?? NEVER;
  }
}

function inOrder(a: Entry<unknown>, b: Entry<unknown>): number {
  return a.at - b.at || a.rank - b.rank || a.seq - b.seq;
}
