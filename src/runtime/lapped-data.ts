import { tradingHours } from "#core/domain/calendar/cme-hours.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import { isOpen } from "#core/domain/trading-hours.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { TickBlock } from "#core/market/tick-block.ts";
import type { MarketDataSource, TimeRange } from "#ports/market-data.ts";
import type { SessionPlan } from "./session-plan.ts";

const DAY_MS = 86_400_000;
export const LAPS_MAX = 10_000;

/**
 * The same session again and again, for what has to run longer than the recording: each lap is the recorded session
 * on the next day on which its instruments trade at that time. One lap is the plan as it is.
 */
export function lapped(plan: SessionPlan, laps: number): SessionPlan {
  if (!Number.isSafeInteger(laps) || laps < 1 || laps > LAPS_MAX) {
    throw new RangeError(`Expected 1 to ${LAPS_MAX} laps, found ${laps}`);
  }
  if (laps === 1) return plan;
  const { from, until } = plan.data.session;
  const shifts = shiftsOf(plan, laps);
  const end = (until + (shifts.at(-1) ?? 0)) as EpochMs;
  return {
    ...plan,
    data: {
      ...plan.data,
      session: { from, until: end },
      open: () => new LappedSource(plan.data.open(), { from, until }, shifts),
    },
  };
}

/** How much later each lap is than the recording, in milliseconds. */
function shiftsOf({ config, data }: SessionPlan, laps: number): readonly number[] {
  const { from, until } = data.session;
  const hours = config.instruments.map((instrument) => tradingHours(instrument.hours));
  const shifts = [0];
  for (let shift = DAY_MS; shifts.length < laps; shift += DAY_MS) {
    const begins = (from + shift) as EpochMs;
    const isAfterLast = begins >= until + (shifts.at(-1) ?? 0);
    if (isAfterLast && hours.every((one) => isOpen(one, begins))) shifts.push(shift);
  }
  return shifts;
}

class LappedSource implements MarketDataSource {
  readonly instruments: readonly InstrumentId[];
  readonly #source: MarketDataSource;
  readonly #session: { readonly from: EpochMs; readonly until: EpochMs };
  readonly #shifts: readonly number[];

  constructor(
    source: MarketDataSource,
    session: { readonly from: EpochMs; readonly until: EpochMs },
    shifts: readonly number[],
  ) {
    this.instruments = source.instruments;
    this.#source = source;
    this.#session = session;
    this.#shifts = shifts;
  }

  async *blocks(range: TimeRange = {}): AsyncGenerator<TickBlock, void> {
    const asked = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY, ...range };
    for (const shift of this.#shifts) {
      const { from, until } = this.#session;
      // Only the first lap has a history before it.
      const begins = shift === 0 ? Number.NEGATIVE_INFINITY : from + shift;
      const lap = {
        from: Math.max(asked.from, begins) - shift,
        until: Math.min(asked.until, until + shift) - shift,
      };
      if (lap.from >= lap.until) continue;
      const isOpenStart = lap.from === Number.NEGATIVE_INFINITY;
      const part = { until: lap.until as EpochMs };
      const rows = isOpenStart ? part : { ...part, from: lap.from as EpochMs };
      for await (const block of this.#source.blocks(rows)) yield shifted(block, shift);
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

function shifted(block: TickBlock, shift: number): TickBlock {
  if (shift === 0) return block;
  return { ...block, at: block.at.map((at) => at + shift) };
}
