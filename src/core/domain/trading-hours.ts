import { DAY_MS, parseDate } from "./calendar/civil-date.ts";
import { timelinesOf } from "./calendar/schedule.ts";
import type { Schedule, Timelines } from "./calendar/schedule.ts";
import { Timeline } from "./calendar/timeline.ts";
import type { OpenInterval } from "./calendar/timeline.ts";
import { zoneClock } from "./calendar/zone-clock.ts";
import { epochMs } from "./units.ts";
import type { EpochMs } from "./units.ts";

/**
 * When an instrument may be traded: all open hours, and within them the regular ones (RTH) that
 * signals count from. Where a schedule says nothing, the market counts as closed.
 */
export type TradingHours =
  | { readonly kind: "always"; readonly id: string }
  | ({ readonly kind: "scheduled"; readonly id: string } & Schedule);

/** Never true outside the calendar: see `unknownHours`. */
export function isOpen(hours: TradingHours, at: EpochMs): boolean {
  return timelines(hours).open.isOpen(at);
}

/** Whether `at` is in the regular hours: no holiday, no night, no weekend. */
export function isRegular(hours: TradingHours, at: EpochMs): boolean {
  return timelines(hours).regular.isOpen(at);
}

/** The unbroken open time around `at`, from opening to halt or close. Undefined while closed. */
export function openInterval(hours: TradingHours, at: EpochMs): OpenInterval | undefined {
  return timelines(hours).open.intervalAt(at);
}

/** The regular hours around `at`. Undefined outside them. */
export function regularInterval(hours: TradingHours, at: EpochMs): OpenInterval | undefined {
  return timelines(hours).regular.intervalAt(at);
}

/** The first opening after `at`. Undefined when the calendar holds none. */
export function nextOpen(hours: TradingHours, at: EpochMs): EpochMs | undefined {
  return timelines(hours).open.nextOpen(at);
}

/** The first halt or close after `at`; the end of the calendar is one. Undefined after it. */
export function nextClose(hours: TradingHours, at: EpochMs): EpochMs | undefined {
  return timelines(hours).open.nextClose(at);
}

/** The beginning of the next regular hours after `at`. Undefined when the calendar holds none. */
export function nextRegularOpen(hours: TradingHours, at: EpochMs): EpochMs | undefined {
  return timelines(hours).regular.nextOpen(at);
}

/** Why nothing is known at `at` ("calendar ends 2027-12-31"), or undefined where the data reach. */
export function unknownHours(hours: TradingHours, at: EpochMs): string | undefined {
  if (hours.kind === "always") return undefined;
  const date = Math.floor((at + zoneClock(hours.zone).offsetMsAt(at)) / DAY_MS);
  const begins = hours.weeks[0].from;
  if (date < parseDate(begins)) return `calendar begins ${begins}`;
  if (date > parseDate(hours.lastDay)) return `calendar ends ${hours.lastDay}`;
  return undefined;
}

// One pair of timelines per schedule that is asked for, kept as long as the schedule itself.
const built = new WeakMap<TradingHours, Timelines>();

function timelines(hours: TradingHours): Timelines {
  const known = built.get(hours);
  if (known) return known;
  const made = hours.kind === "always" ? ALWAYS : timelinesOf(hours);
  built.set(hours, made);
  return made;
}

/** The range of instants that ECMAScript can name. */
const FOREVER = 100_000_000 * DAY_MS;
const always = new Timeline([{ from: epochMs(-FOREVER), until: epochMs(FOREVER) }]);
const ALWAYS: Timelines = { open: always, regular: always };
