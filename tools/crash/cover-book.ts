/** What the venue holds at one instant: lots of each position, negative when sold, and the stops that work for it. */
export type Look = {
  /** In the venue's time, for people. */
  readonly at: string;
  /** By the clock on the wall. */
  readonly atMs: number;
  /** Whether desk and venue could have done something about it since the look before. */
  readonly counts: boolean;
  readonly held: ReadonlyMap<string, Held>;
};

export type Held = {
  readonly qty: number;
  /** Lots that stops sell, and lots that they buy. */
  readonly stopsSell: number;
  readonly stopsBuy: number;
};

/** A position from its first fill until it is covered for the first time. */
type Uncovered = { readonly side: number; ms: number; isTold: boolean };

/** How long each position waited for its first stop, as the venue sees it. */
export class CoverBook {
  readonly findings: string[] = [];
  /** Positions that were seen. */
  positions = 0;
  /** The longest wait of any position. */
  worstMs = 0;
  readonly #mostMs: number;
  readonly #uncovered = new Map<string, Uncovered>();
  /** The side of every position seen in the last look. */
  #sides = new Map<string, number>();
  #atMs: number | null = null;

  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  add({ at, atMs, counts, held }: Look): void {
    const passedMs = counts && this.#atMs !== null ? atMs - this.#atMs : 0;
    this.#atMs = atMs;
    for (const [key, one] of this.#uncovered) {
      if (Math.sign(held.get(key)?.qty ?? 0) !== one.side) this.#uncovered.delete(key);
    }
    const sides = new Map<string, number>();
    for (const [key, one] of held) {
      const side = Math.sign(one.qty);
      if (side === 0) continue;
      sides.set(key, side);
      if (this.#sides.get(key) !== side) this.#begin(key, side);
      else this.#wait(key, passedMs, at);
      if (isCovered(one)) this.#uncovered.delete(key);
    }
    this.#sides = sides;
  }

  #begin(key: string, side: number): void {
    this.positions += 1;
    this.#uncovered.set(key, { side, ms: 0, isTold: false });
  }

  #wait(key: string, passedMs: number, at: string): void {
    const one = this.#uncovered.get(key);
    if (one === undefined) return;
    one.ms += passedMs;
    this.worstMs = Math.max(this.worstMs, one.ms);
    if (one.isTold || one.ms <= this.#mostMs) return;
    one.isTold = true;
    this.findings.push(`${key} was without a stop for more than ${this.#mostMs} ms at ${at}`);
  }
}

function isCovered({ qty, stopsSell, stopsBuy }: Held): boolean {
  return (qty > 0 ? stopsSell : stopsBuy) >= Math.abs(qty);
}
