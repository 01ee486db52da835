import type { SessionConfig } from "#core/desk/config.ts";
import { accountId, botId, instrumentId, sessionId, venueId } from "#core/domain/ids.ts";
import { instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import { invariant } from "#core/domain/invariant.ts";
import { type EpochMs, type Money, type Ticks, moneyFrom } from "#core/domain/units.ts";
import { type ControlMessage, type ControlReply, NoDeskError } from "#runtime/control.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { AccountStatus, DeskStatus } from "#runtime/status.ts";
import type { CliIo, Runtime, TextOutput } from "./cli-io.ts";
import { Outlet } from "./outlet.ts";
import { runCli } from "./run-cli.ts";
import { storedData } from "./stored-data.ts";

export const at = (text: string): EpochMs =>
  Temporal.Instant.from(text).epochMilliseconds as EpochMs;
export const usd = (amount: number): Money => moneyFrom(amount);

const gold = instrumentByRoot("MGC");
invariant(gold !== undefined, "the catalogue has gold");
export const MGC = gold;

/** One account with one bot on gold. */
export function aConfig(overrides: Partial<SessionConfig> = {}): SessionConfig {
  return {
    sessionId: sessionId("S1"),
    mode: "replay",
    instruments: [MGC],
    accounts: [
      {
        accountId: accountId("PRACTICE-1"),
        venueId: venueId("simulated"),
        arming: "trade",
        brackets: "desk",
        startBalance: usd(50_000),
        limits: {},
        rules: { max_contracts: { limit: 5 } },
      },
    ],
    bots: [
      {
        botId: botId("gold-trend"),
        name: "Gold trend",
        enabled: true,
        accountId: accountId("PRACTICE-1"),
        instrument: instrumentId("MGC"),
        strategy: "ema-cross",
        params: {},
        risk: {},
      },
    ],
    queue: {
      capacity: 10,
      perSecond: 10,
      burst: 10,
      marketTtl: 5_000 as never,
      limitTtl: 5_000 as never,
    },
    answerTimeout: 5_000 as never,
    reconcileEvery: null,
    sources: {},
    ...overrides,
  };
}

/** A desk at rest in the middle of the sample day. */
export function aStatus(overrides: Partial<DeskStatus> = {}): DeskStatus {
  return {
    sessionId: "S1",
    mode: "replay",
    at: at("2013-10-08T14:05:00Z"),
    progress: 0.67,
    seq: 31_250,
    marketEvents: 31_250,
    tradingState: "active",
    journalWritable: true,
    degraded: null,
    venue: null,
    accounts: [],
    positions: [],
    orders: [],
    touches: [
      {
        instrument: "MGC",
        touch: {
          bidPrice: 13_199 as Ticks,
          askPrice: 13_201 as Ticks,
          lastPrice: 13_200 as Ticks,
        },
      },
    ],
    lockouts: [],
    enforcements: [],
    bots: [],
    denials: [],
    incidents: [],
    ...overrides,
  };
}

const A_BUSY_ACCOUNT: AccountStatus = {
  accountId: "PRACTICE-1",
  tradingState: "active",
  arming: "trade",
  isStopped: false,
  ready: true,
  readyReason: "reconciled",
  balance: usd(49_873.26),
  dayNet: usd(-126.74),
  dayFees: usd(17.28),
  unrealized: usd(42),
  roundTrips: 4,
  wins: 1,
  limits: [
    {
      rule: "RULE-001",
      title: "Maximum contracts of the account",
      unit: "lots",
      used: 3,
      limit: 5,
    },
    {
      rule: "RULE-003",
      title: "Daily realized loss",
      unit: "money",
      used: 126.74,
      limit: 500,
    },
  ],
};

const A_BUSY_BOT = {
  botId: "gold-trend",
  status: { kind: "running" },
  store: {},
  signals: { tradingDay: "2013-10-08", count: 5 },
  ledger: {
    tradingDay: "2013-10-08",
    dayNet: usd(-126.74),
    totalNet: usd(-126.74),
    peakNet: usd(0),
  },
};

/** The middle of a busy day: a long position between its stop and its target. */
export function aBusyStatus(): DeskStatus {
  const leg = {
    accountId: "PRACTICE-1",
    instrument: "MGC",
    source: { kind: "desk" },
    side: "sell",
    qty: 3,
    filledQty: 0,
    change: null,
    status: { kind: "working" },
  };
  const stop = { type: "stop", stopPrice: 13_162 };
  return aStatus({
    accounts: [A_BUSY_ACCOUNT],
    positions: [
      {
        position: { accountId: "PRACTICE-1", instrument: "MGC", qty: 3 },
        avgEntryPrice: 1318.53,
        markPrice: 1319.9,
        unrealized: usd(42),
      },
    ] as never,
    orders: [
      { ...leg, clientOrderId: "K1-8", purpose: "stopLoss", terms: stop },
      {
        ...leg,
        clientOrderId: "K1-9",
        purpose: "takeProfit",
        terms: { type: "limit", limitPrice: 13_234 },
        change: { kind: "cancel", since: 0 },
      },
    ] as never,
    bots: [A_BUSY_BOT] as never,
    denials: [
      {
        at: at("2013-10-08T13:59:30Z"),
        denial: { rule: "RULE-001", code: "maxContractsExceeded", limit: 5, value: 6 },
      },
    ],
  });
}

/** The shipped day with one round trip. */
export function aReport(overrides: Partial<SessionReport> = {}): SessionReport {
  return {
    sessionId: "S1",
    mode: "replay",
    data: "gold-2013-10-08",
    fingerprint: "f00d",
    marketEvents: 52_377,
    from: at("2013-10-07T22:00Z"),
    until: at("2013-10-08T22:00Z"),
    roundTrips: [
      {
        owner: { kind: "bot", botId: "gold-trend" as never },
        accountId: "PRACTICE-1" as never,
        instrument: "MGC" as never,
        side: "buy",
        openedAt: at("2013-10-08T03:05:00.021Z"),
        closedAt: at("2013-10-08T04:15:42Z"),
        maxQty: 3 as never,
        entryQty: 3 as never,
        entryValue: usd(13_185 + 13_185 + 13_186),
        exitQty: 3 as never,
        exitValue: usd(3 * 13_214),
        grossPnl: usd(86),
        fees: usd(5.76),
        netPnl: usd(80.24),
      },
    ],
    orders: 4,
    fills: 2,
    denials: 1,
    breaches: 0,
    startBalance: usd(50_000),
    endBalance: usd(50_080.24),
    grossPnl: usd(86),
    fees: usd(5.76),
    netPnl: usd(80.24),
    maxDrawdown: usd(0.96),
    stopped: "endOfData",
    stoppedAt: at("2013-10-08T22:00Z"),
    held: { positions: [], orders: [] },
    ...overrides,
  };
}

/** A desk that notes what it is asked and gives one answer to every request. */
export function aDesk(answer: ControlReply, status = aStatus(), config = aConfig()) {
  const asked: { readonly folder: string; readonly message: ControlMessage }[] = [];
  return {
    asked,
    askDesk: async (folder: string, message: ControlMessage): Promise<ControlReply> => {
      asked.push({ folder, message });
      return message.kind === "status" ? { kind: "status", status, config } : answer;
    },
  };
}

export type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a command line as `ann` in `/home/ann`, on pipes unless a terminal is asked for. */
export async function keel(
  args: string,
  runtime: Partial<Runtime> & Pick<Runtime, "strategies">,
  surroundings: Partial<CliIo> & { readonly isTty?: boolean } = {},
): Promise<Ended> {
  const written = { out: "", err: "" };
  const output = (name: "out" | "err"): TextOutput => ({
    ...textKept((text) => (written[name] += text)),
    isTty: surroundings.isTty ?? false,
  });
  const io: CliIo = {
    out: output("out"),
    err: output("err"),
    neverWait: () => undefined,
    input: { isTty: false, ask: refuse, read: async () => "" },
    env: {},
    cwd: "/home/ann",
    user: "ann",
    now: () => at("2026-03-01T09:30:00Z"),
    newId: () => "id-1",
    stop: new AbortController().signal,
    ...surroundings,
  };
  const code = await runCli(args === "" ? [] : args.split(" "), io, {
    ...NOTHING_RUNS,
    ...runtime,
  });
  return { code, ...written };
}

/** An output whose reader takes everything at once. */
export function textKept(keep: (text: string) => void): Omit<TextOutput, "isTty"> {
  const take = (bytes: Uint8Array): number => {
    keep(Buffer.from(bytes).toString());
    return bytes.length;
  };
  const outlet = new Outlet({ take, isEmpty: () => true }, () => undefined);
  return {
    write: (text) => outlet.write(text),
    draw: (frame) => outlet.draw(frame),
    leave: () => outlet.leave(),
    size: () => ({ columns: 100, rows: 30 }),
  };
}

const refuse = (): never => {
  throw new Error("not part of this test");
};

const NOTHING_RUNS: Omit<Runtime, "strategies"> = {
  version: "1.2.3",
  defaultConfig: "/nowhere/sample.yaml",
  data: storedData,
  backtest: refuse,
  replay: refuse,
  attach: refuse,
  serveVenue: refuse,
  servePractice: refuse,
  live: refuse,
  startPractice: refuse,
  supervise: refuse,
  secrets: refuse,
  openVenue: refuse,
  askDesk: async (folder) => {
    throw new NoDeskError(`Expected a running desk in ${folder}, found none`);
  },
  verify: refuse,
  readJournal: refuse,
  sessions: () => [],
  listSessions: () => [],
  removeSession: refuse,
};
