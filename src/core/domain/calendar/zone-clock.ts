import { epochMs } from "#core/domain/units.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { DAY_MS } from "./civil-date.ts";
import type { DayNumber } from "./civil-date.ts";

/** `[from, until)` in which wall time is UTC plus `offsetMs`. Infinite where the zone never changes. */
type OffsetSpan = { readonly from: number; readonly until: number; readonly offsetMs: number };

/**
 * Wall time of one IANA zone. The spans between two clock changes are asked of Temporal once and
 * kept: two a year, so a hundred for any data we hold.
 */
export class ZoneClock {
  readonly #zone: string;
  readonly #spans: OffsetSpan[] = [];
  #last: OffsetSpan;

  constructor(zone: string) {
    this.#zone = zone;
    this.#last = this.#findSpan(0);
  }

  /** Milliseconds to add to UTC for wall time. */
  offsetMsAt(at: EpochMs): number {
    return this.#spanAt(at).offsetMs;
  }

  /**
   * The instant at which the wall shows `timeMs` after midnight of `day`. A time that the clock
   * shows twice is the earlier one; a time that it skips is the first instant after the gap.
   */
  instantOf(day: DayNumber, timeMs: number): EpochMs {
    const wall = day * DAY_MS + timeMs;
    let span = this.#spanAt(wall - DAY_MS);
    while (wall - span.offsetMs >= span.until) span = this.#spanAt(span.until);
    return epochMs(Math.max(wall - span.offsetMs, span.from));
  }

  #spanAt(at: number): OffsetSpan {
    if (at < this.#last.from || at >= this.#last.until) {
      this.#last =
        this.#spans.find((span) => at >= span.from && at < span.until) ?? this.#findSpan(at);
    }
    return this.#last;
  }

  #findSpan(at: number): OffsetSpan {
    const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(this.#zone);
    const next = local.getTimeZoneTransition("next");
    // The change at this very instant is not "previous" to it, so ask from the moment after.
    const previous = local.add({ nanoseconds: 1 }).getTimeZoneTransition("previous");
    const span = {
      from: previous?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
      until: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
      offsetMs: local.offsetNanoseconds / 1_000_000,
    };
    this.#spans.push(span);
    return span;
  }
}

// One clock per zone named in configuration: the IANA list, some 600, is the limit.
const clocks = new Map<string, ZoneClock>();

/** The shared clock of a zone. An unknown zone is a RangeError of Temporal. */
export function zoneClock(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new ZoneClock(zone);
  clocks.set(zone, clock);
  return clock;
}
