import type { EpochMs } from "#core/domain/units.ts";

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** The instant of an HTTP date such as `Wed, 19 Aug 2026 20:51:31 GMT`, or null for anything else. */
export function readHttpDate(text: string | undefined): EpochMs | null {
  const [, day, name = "", year, time] =
    /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/u.exec(text ?? "") ?? [];
  const month = MONTHS.indexOf(name) / 3 + 1;
  if (day === undefined || !Number.isInteger(month) || month < 1) return null;
  const iso = `${year}-${String(month).padStart(2, "0")}-${day}T${time}Z`;
  try {
    return Temporal.Instant.from(iso).epochMilliseconds as EpochMs;
  } catch (error) {
    // Such as the 31st of February.
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

/** Whoever asks for more would have us blind for as long. */
const RETRY_AFTER_MOST_MS = 60_000;

/** How long an answer asks us to wait, at most a minute: whole seconds, or null for a date or nothing. */
export function readRetryAfter(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,9}$/u.test(text.trim())) return null;
  return Math.min(Number(text) * 1_000, RETRY_AFTER_MOST_MS);
}
