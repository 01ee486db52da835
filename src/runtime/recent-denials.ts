import type { Fact } from "#core/desk/fact.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Denial } from "#core/risk/denial.ts";

const KEPT = 20;

/** The last orders that the gate denied, for screens. */
export class RecentDenials {
  #denials: readonly { readonly at: EpochMs; readonly denial: Denial }[] = [];

  get all() {
    return this.#denials;
  }

  add(fact: Extract<Fact, { kind: "orderDenied" }>, at: EpochMs): void {
    this.#denials = [...this.#denials, { at, denial: fact.denial }].slice(-KEPT);
  }
}
