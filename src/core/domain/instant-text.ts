import type { EpochMs } from "./units.ts";

/** `2013-10-08 14:05:00 UTC`. */
export function instantText(at: EpochMs): string {
  const [day, time = ""] = Temporal.Instant.fromEpochMilliseconds(at)
    .toString({ fractionalSecondDigits: 0 })
    .split(/[TZ]/u);
  return `${day} ${time} UTC`;
}
