import type { Instrument } from "#core/domain/instrument.ts";
import type { EpochMs, Money } from "#core/domain/units.ts";
import type { FillModel } from "#core/matching/fill-model.ts";
import type { Clock } from "#ports/clock.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { LoadedPlan } from "./config/load-plan.ts";
import { FIRM_DEFAULTS, type FirmSettings } from "./config/practice-settings.ts";
import { type VenueParts, playedData } from "./venue-parts.ts";

export type ServePracticeOptions = {
  /** Of the loopback interface; 0 takes a free one. */
  readonly port: number;
  /** Market seconds per second of the wall. */
  readonly speed: number;
  /** Whether practice time waits for its client. */
  readonly lockstep: boolean;
  /** Where in the session to begin; null for its beginning. */
  readonly from: EpochMs | null;
  /** How often to play the session. */
  readonly laps: number;
  /** What makes the gateway the same one after it was killed is kept here; null to begin anew. */
  readonly stateFolder: string | null;
  readonly onListening: (url: string) => void;
  readonly stop: AbortSignal;
};

/** What a practice gateway is made of. */
export type PracticeParts = Pick<VenueParts, "period" | "speed"> & {
  readonly clock: Clock;
  readonly instruments: readonly Instrument[];
  readonly machine: { readonly fillModel: FillModel };
  readonly source: MarketDataSource;
  /** The same data once more, for bars. */
  readonly history: MarketDataSource;
  readonly lockstep: boolean;
  readonly stateFolder: string | null;
  readonly settings: {
    readonly user: {
      readonly userName: string;
      readonly apiKey: string;
      readonly hasApi: boolean;
    };
    readonly accounts: readonly (FirmSettings & {
      readonly name: string;
      readonly balance: Money;
    })[];
    readonly shape: "live" | "doc";
    readonly flatByClose: boolean;
  };
  /** Text that nobody can guess, another one each time. */
  readonly secret: () => string;
};

/** The practice gateway of a session, with its accounts. Whoever takes it closes both sources. */
export function practiceParts(
  world: { readonly clock: Clock; readonly secret: () => string },
  { config, venue, practice, data }: LoadedPlan,
  options: Omit<ServePracticeOptions, "port" | "onListening" | "stop">,
): PracticeParts {
  const { speed, lockstep, from, laps, stateFolder } = options;
  const { period, open } = playedData({ config, venue, data }, { from, laps });
  const { userName, apiKey, apiSubscription, events, flatByClose, accounts } = practice;
  return {
    ...world,
    instruments: config.instruments,
    machine: { fillModel: venue.fillModel },
    source: open(),
    history: open(),
    period,
    speed,
    lockstep,
    stateFolder,
    settings: {
      user: { userName, apiKey, hasApi: apiSubscription },
      accounts: config.accounts.map(({ accountId, startBalance }) => ({
        ...FIRM_DEFAULTS,
        ...accounts[accountId],
        name: accountId,
        balance: startBalance,
      })),
      shape: events,
      flatByClose,
    },
  };
}
