import type { EpochMs } from "#core/domain/units.ts";

export type RateBucket = "bars" | "rest";

const LIMITS: Readonly<Record<RateBucket, { readonly count: number; readonly windowMs: number }>> =
  {
    bars: { count: 50, windowMs: 30_000 },
    rest: { count: 200, windowMs: 60_000 },
  };

/** Counts requests in a window that slides with practice time, for each user. A refused request is not counted. */
export class RateLimits {
  readonly #times = new Map<string, EpochMs[]>();

  /** Null when the request may pass, else the seconds after which the next one may. */
  take(userName: string, bucket: RateBucket, now: EpochMs): number | null {
    const { count, windowMs } = LIMITS[bucket];
    const key = `${bucket}/${userName}`;
    const recent = (this.#times.get(key) ?? []).filter((at) => at > now - windowMs);
    this.#times.set(key, recent);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= count) {
      return Math.max(1, Math.ceil((oldest + windowMs - now) / 1_000));
    }
    recent.push(now);
    return null;
  }
}
