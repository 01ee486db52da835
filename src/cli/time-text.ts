import type { EpochMs } from "#core/domain/units.ts";

/** `2013-10-08 14:05:00`, in UTC: for tables whose heading says so. */
export function secondText(at: EpochMs): string {
  return `${utc(at).slice(0, 10)} ${clockText(at)}`;
}

/** `14:05:00`, in UTC: for tables whose heading says so. */
export function clockText(at: EpochMs): string {
  return utc(at).slice(11, 19);
}

/** `20131008-140500`, for names. */
export function stampText(at: EpochMs): string {
  return `${utc(at).slice(0, 10).replaceAll("-", "")}-${clockText(at).replaceAll(":", "")}`;
}

/** A length of time in its largest fitting unit: `350 ms`, `12.5 s`, `3 min`, `2.5 h`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${short(ms / 1_000)} s`;
  return ms < 3_600_000 ? `${short(ms / 60_000)} min` : `${short(ms / 3_600_000)} h`;
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function utc(at: EpochMs): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ fractionalSecondDigits: 0 });
}
