import type { EpochMs } from "#core/domain/units.ts";

/** Things with a history, so that a list can be told as it was a while ago. */
export class Versions<V extends { readonly changedAt: EpochMs }> {
  /** In the order the things came to be; ascending by `changedAt` within each. */
  readonly #byId = new Map<number, V[]>();

  put(id: number, version: V): void {
    const known = this.#byId.get(id);
    if (known === undefined) this.#byId.set(id, [version]);
    else known.push(version);
  }

  get(id: number): V | undefined {
    return this.#byId.get(id)?.at(-1);
  }

  /** Every thing as it was at an instant, without those that came later. */
  *asOf(at: number): Generator<V> {
    for (const versions of this.#byId.values()) {
      const last = versions.at(-1);
      const version =
        last !== undefined && last.changedAt <= at
          ? last
          : versions.findLast(({ changedAt }) => changedAt <= at);
      if (version !== undefined) yield version;
    }
  }
}
