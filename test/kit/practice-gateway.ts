import { onTestFinished } from "vitest";
import type { Instrument } from "#core/domain/instrument.ts";
import { type EpochMs, epochMs, moneyFrom } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL, type FillModel } from "#core/matching/fill-model.ts";
import type { Clock } from "#ports/clock.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { FirmAccountSettings } from "#practice/projectx/book/firm-account.ts";
import type { GatewayParts, GatewaySettings } from "#practice/projectx/gateway-parts.ts";
import { serveGateway } from "#practice/projectx/serve-gateway.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { GOLD, OPENING } from "./builders.ts";
import { type Row, memorySource } from "./memory-source.ts";

export const PRACTICE_USER = { userName: "practice", apiKey: "practice-key", hasApi: true };
/** The first account of a practice gateway. */
export const PRACTICE_ACCOUNT = 10_000_001;
/** Micro gold as of `OPENING`, in March 2026. */
export const GOLD_CONTRACT = "CON.F.US.MGC.J26";

export type PracticeGateway = {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
};

/** What a test wants of its gateway; everything has a default. */
export type GatewayWishes = {
  /** Trades and quotes of `instrument`; a quote of 2,650.0 at 2,650.1 and a trade at 2,650.1 when left out. */
  readonly rows?: readonly Row[];
  readonly source?: () => MarketDataSource;
  readonly instrument?: Instrument;
  readonly from?: EpochMs;
  readonly historyFrom?: EpochMs;
  /** Market milliseconds from the beginning to the end of the data. */
  readonly lengthMs?: number;
  readonly speed?: number;
  readonly lockstep?: boolean;
  readonly accounts?: readonly Partial<FirmAccountSettings>[];
  readonly settings?: Partial<Omit<GatewaySettings, "accounts">>;
  readonly fillModel?: Partial<FillModel>;
  /** Another port than a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly clock?: Clock;
  readonly stateFolder?: string;
};

/** An account of 50,000 with Auto OCO brackets and no limits. */
export function aFirmAccount(overrides: Partial<FirmAccountSettings> = {}): FirmAccountSettings {
  return {
    name: "PRAC-V2-1",
    balance: moneyFrom(50_000),
    maxLoss: null,
    dailyLoss: null,
    maxContracts: null,
    brackets: "autoOco",
    apiTrading: true,
    ...overrides,
  };
}

/** A practice gateway that listens on a free port, in this process; it is gone when the test ends. */
export async function practiceGateway(wishes: GatewayWishes = {}): Promise<PracticeGateway> {
  const stop = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  const url = await new Promise<string>((listening, failed) => {
    ended = serveGateway(partsOf(wishes), {
      address: { host: wishes.host ?? "127.0.0.1", port: wishes.port ?? 0 },
      onListening: listening,
      stop: stop.signal,
    });
    ended.catch(failed);
  });
  const end = () => {
    stop.abort();
    return ended;
  };
  onTestFinished(end);
  return { url, stop: end };
}

const QUIET_MARKET: readonly Row[] = [
  { at: OPENING, price: [26_500, 26_501], qty: 10 },
  { at: OPENING, price: 26_501, qty: 3 },
];

function partsOf(wishes: GatewayWishes): GatewayParts {
  const { instrument = GOLD, from = OPENING, lengthMs = 3_600_000, accounts = [{}] } = wishes;
  const rows = wishes.rows ?? QUIET_MARKET;
  const source = wishes.source ?? (() => memorySource(instrument.id, rows));
  let secrets = 0;
  return {
    clock: wishes.clock ?? realClock,
    instruments: [instrument],
    machine: { fillModel: { ...DEFAULT_FILL_MODEL, limitFill: "touch", ...wishes.fillModel } },
    source: source(),
    history: source(),
    period: {
      historyFrom: wishes.historyFrom ?? from,
      from,
      until: epochMs(from + lengthMs),
    },
    speed: wishes.speed ?? (wishes.lockstep === true ? 1_000_000 : 1),
    lockstep: wishes.lockstep ?? false,
    stateFolder: wishes.stateFolder ?? null,
    settings: {
      user: PRACTICE_USER,
      accounts: accounts.map((one, index) =>
        aFirmAccount({ name: `PRAC-V2-${index + 1}`, ...one }),
      ),
      shape: "live",
      flatByClose: false,
      ...wishes.settings,
    },
    secret: () => {
      secrets += 1;
      return `secret-${secrets}`;
    },
  };
}
