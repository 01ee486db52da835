import { type Instrument, priceToTicks } from "#core/domain/instrument.ts";
import { type DurationMs, type EpochMs, lots } from "#core/domain/units.ts";
import type { Bar } from "#core/market/bar.ts";
import { RETRIEVE_BARS } from "./operations.ts";
import type { Outcome } from "./outcome.ts";
import type { RestClient } from "./rest-client.ts";
import type { BarRow } from "./rows.ts";

/** The documents say 20 000; one user was given 1 000. A page is full when it is as long as the longest so far. */
const PAGE_BARS = 20_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export type HistoryRequest = {
  readonly instrument: Instrument;
  readonly contractId: string;
  /** Whole seconds, minutes or hours below a day. */
  readonly everyMs: DurationMs;
  readonly from: EpochMs;
  /** Bars that end later are left out, so the one that is forming is. */
  readonly until: EpochMs;
};

/** Closed bars of one contract, oldest first. Bars with a price between two ticks are left out, as all that is made up. */
export async function historyBars(
  rest: RestClient,
  request: HistoryRequest,
): Promise<Outcome<readonly Bar[]>> {
  const { contractId, everyMs, from, until } = request;
  const rows = new Map<number, BarRow>();
  let endTime: number = until;
  for (;;) {
    const found = await rest.call(
      RETRIEVE_BARS,
      {
        contractId,
        live: false,
        startTime: isoOf(from),
        endTime: isoOf(endTime),
        ...unitOf(everyMs),
        limit: PAGE_BARS,
        includePartialBar: false,
      },
      "read",
    );
    if (found.kind !== "confirmed") return found;
    const before = rows.size;
    for (const row of found.value) rows.set(row.t, row);
    const oldest = Math.min(...found.value.map(({ t }) => t));
    // The newest come first, so what is missing is older. A page without news is the last.
    if (rows.size === before || oldest <= from) break;
    endTime = oldest;
  }
  const sorted = [...rows.values()].sort((a, b) => a.t - b.t);
  const bars = sorted.map((row) => barOf(row, request)).filter((bar) => bar !== null);
  const isWanted = ({ barStart, barEnd }: Bar) => barStart >= from && barEnd <= until;
  return { kind: "confirmed", value: bars.filter(isWanted) };
}

function barOf(row: BarRow, { instrument, everyMs }: HistoryRequest): Bar | null {
  const open = priceToTicks(instrument, row.o);
  const high = priceToTicks(instrument, row.h);
  const low = priceToTicks(instrument, row.l);
  const close = priceToTicks(instrument, row.c);
  const isOffTick =
    open === undefined || high === undefined || low === undefined || close === undefined;
  if (isOffTick || !Number.isSafeInteger(row.v) || row.v < 0) return null;
  return {
    instrument: instrument.id,
    spec: { kind: "time", everyMs },
    barStart: row.t,
    barEnd: (row.t + everyMs) as EpochMs,
    open,
    high,
    low,
    close,
    volume: lots(row.v),
    // The venue does not tell how many trades there were.
    trades: 0,
  };
}

function unitOf(everyMs: number): { readonly unit: number; readonly unitNumber: number } {
  for (const [unit, ms] of [
    [3, HOUR_MS],
    [2, MINUTE_MS],
    [1, SECOND_MS],
  ] as const) {
    if (everyMs % ms === 0) return { unit, unitNumber: everyMs / ms };
  }
  throw new RangeError(`Expected bars of whole seconds, found ${everyMs} ms`);
}

function isoOf(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}
