import { DAY_MS, dayNumber, formatDate } from "#core/domain/calendar/civil-date.ts";
import type { EpochMs } from "#core/domain/units.ts";

/** An instant as .NET keeps it: `sub` counts the 100-nanosecond steps since the millisecond, 0 to 9999. */
export type Stamp = { readonly at: EpochMs; readonly sub: number };

/** Between two stamps of one millisecond. */
const SUB_STEP = 137;
const SUB_MAX = 9_999;

/** Gives out stamps that only grow, the same ones for the same instants. */
export class StampSource {
  #last: Stamp = { at: 0 as EpochMs, sub: 0 };

  next(at: EpochMs): Stamp {
    const { at: lastAt, sub } = this.#last;
    this.#last =
      at > lastAt ? { at, sub: SUB_STEP } : { at: lastAt, sub: Math.min(sub + SUB_STEP, SUB_MAX) };
    return this.#last;
  }
}

/** As the user hub writes it: up to seven digits, `2026-08-19T20:49:25.3938333+00:00`. */
export function streamTime({ at, sub }: Stamp): string {
  return withFraction(at, `${pad(at % 1_000, 3)}${pad(sub, 4)}`);
}

/** As REST writes it: cut off after six digits. */
export function restTime({ at, sub }: Stamp): string {
  return withFraction(at, `${pad(at % 1_000, 3)}${pad(Math.floor(sub / 10), 3)}`);
}

/** As public quotes and trades write it: `2026-08-19T20:51:31.348+00:00`. */
export function millisecondTime(at: EpochMs): string {
  return withFraction(at, pad(at % 1_000, 3));
}

function withFraction(at: EpochMs, digits: string): string {
  const fraction = digits.replace(/0+$/u, "");
  return `${secondText(at)}${fraction === "" ? "" : "."}${fraction}+00:00`;
}

// Dates change once a day, and this is asked for every tick.
const lastDay = { number: Number.NaN, text: "" };

function secondText(at: EpochMs): string {
  const number = Math.floor(at / DAY_MS);
  if (number !== lastDay.number) {
    lastDay.number = number;
    lastDay.text = formatDate(dayNumber(number));
  }
  const seconds = Math.floor((at - number * DAY_MS) / 1_000);
  const hour = pad(Math.floor(seconds / 3_600), 2);
  return `${lastDay.text}T${hour}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
}

const pad = (value: number, width: number): string => String(value).padStart(width, "0");
