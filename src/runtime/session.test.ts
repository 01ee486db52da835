import { describe, expect, test } from "vitest";
import type { SessionConfig } from "#core/desk/config.ts";
import {
  type AccountId,
  type BotId,
  accountId,
  botId,
  clientOrderId,
  requestId,
} from "#core/domain/ids.ts";
import type { AccountSnapshot } from "#core/domain/report.ts";
import { epochMs, moneyFrom, signedLots } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import { JournalWriteError } from "#ports/journal.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { BrittleJournal } from "#test/kit/brittle-journal.ts";
import {
  ACCOUNT,
  GOLD,
  OPENING,
  aBotConfig,
  aFill,
  aSessionConfig,
  anAccountConfig,
} from "#test/kit/builders.ts";
import { hashText } from "#test/kit/desk-client.ts";
import { memorySource } from "#test/kit/memory-source.ts";
import { realClock } from "./real/real-clock.ts";
import { Session } from "./session.ts";
import type { SessionFiles } from "./world.ts";

const FLATTEN = { kind: "flatten", accountId: ACCOUNT } as const;

describe("house-keeping", () => {
  test("saves the state when enough has been recorded and nothing happens", () => {
    const { session, journal } = aSession({ recordsPerSnapshot: 2 });

    session.keepHouse("busy");
    const busy = journal.loadSnapshot();
    session.keepHouse("idle");

    expect(busy).toBeUndefined();
    expect(journal.loadSnapshot()?.seq).toBe(journal.head().seq);
  });

  test("leaves a full disk to the next commit", async () => {
    const { session, journal, alerts } = aSession({ recordsPerSnapshot: 1 });
    journal.isFull = true;

    session.keepHouse("idle");
    session.keepHouse("busy");
    const reply = await session.answer(
      { kind: "request", requestId: requestId("R1"), by: "ann", request: FLATTEN },
      OPENING,
    );

    expect(reply).toMatchObject({ result: { kind: "accepted" } });
    expect(alerts).toEqual(["No entries: the disk is full"]);
  });
});

describe("the end of a session", () => {
  test("leaves nothing to fold for the next start", async () => {
    const { session, journal } = aSession();
    session.loop.apply({ kind: "stopRequested", at: OPENING });

    const report = session.end("asked");
    await session.close();

    expect(report.stopped).toBe("asked");
    expect(journal.loadSnapshot()?.seq).toBe(session.desk.seq);
  });

  test("of a shadow adds up what was simulated, and not the real accounts that it looks at", () => {
    const { session } = aSession({ config: SHADOW });
    for (const one of [ACCOUNT, WATCHED]) {
      session.loop.apply({ kind: "accountReported", at: OPENING, snapshot: bought(one) });
    }
    session.loop.release();

    const { startBalance, endBalance, fees, fills, netPnl } = session.report("asked");

    expect({ startBalance, endBalance, fees, fills, netPnl }).toEqual({
      startBalance: moneyFrom(50_000),
      endBalance: moneyFrom(49_999),
      fees: moneyFrom(1),
      fills: 1,
      netPnl: moneyFrom(-1),
    });
  });

  test("begins with what the venue had", () => {
    const { session } = aSession();
    const standing = { canTrade: true, balance: moneyFrom(49_873.26) };
    const snapshot = { ...bought(ACCOUNT), standing, fills: [], positions: [] };
    session.loop.apply({ kind: "accountReported", at: OPENING, snapshot });
    session.loop.release();

    const { startBalance, endBalance } = session.report("asked");

    expect([startBalance, endBalance]).toEqual([moneyFrom(49_873.26), moneyFrom(49_873.26)]);
  });

  test("is none while the disk does not take what is left to record", () => {
    const { session, journal } = aSession();
    journal.isFull = true;
    session.loop.apply({ kind: "stopRequested", at: OPENING });

    expect(() => session.end("asked")).toThrow(JournalWriteError);
  });

  test("on a full disk with nothing left to record is an end all the same", () => {
    const { session, journal } = aSession();
    journal.isFull = true;

    const report = session.end("asked");

    expect(report.stopped).toBe("asked");
    expect(journal.loadSnapshot()).toBeUndefined();
  });

  test("after a failure saves nothing: what came before it is in the journal", async () => {
    const { session, journal } = aSession();
    session.loop.apply({ kind: "stopRequested", at: OPENING });

    await session.close();

    expect(journal.loadSnapshot()).toBeUndefined();
    expect(journal.head().seq).toBe(session.desk.seq - 1);
  });
});

describe("a bot whose strategy did not return", () => {
  test("is halted by the next process before it gets the floor, and forgotten when that is durable", () => {
    const hung = botId("bot-1");
    const { session, forgotten } = aSession({ hung, bots: [aBotConfig()] });

    expect(session.desk.state.bots.get(hung)?.status).toEqual({
      kind: "halted",
      reason: "its strategy did not return, so the desk was ended and started again",
    });
    expect(forgotten()).toBe(1);
  });

  test("is remembered while that is not durable", () => {
    const hung = botId("bot-1");
    const { session, forgotten } = aSession({ hung, bots: [aBotConfig()], isFull: true });

    expect(session.desk.state.bots.get(hung)?.status.kind).toBe("halted");
    expect(forgotten()).toBe(0);
  });

  test("does not matter to a session that does not have it", () => {
    const { session } = aSession({ hung: botId("somebody") });

    expect(session.desk.state.bots.size).toBe(0);
  });
});

type Wanted = {
  readonly recordsPerSnapshot?: number;
  readonly config?: Partial<SessionConfig>;
  readonly hung?: BotId;
  readonly bots?: readonly ReturnType<typeof aBotConfig>[];
  readonly isFull?: boolean;
};

const WATCHED = accountId("PRACTICE-1@venue");
const SHADOW: Partial<SessionConfig> = {
  mode: "shadow",
  accounts: [anAccountConfig(), anAccountConfig({ accountId: WATCHED, arming: "observe" })],
};

/** One lot was bought, for a fee of a dollar. */
function bought(of: AccountId): AccountSnapshot {
  return {
    accountId: of,
    since: epochMs(0),
    asOf: epochMs(OPENING + 1),
    orders: [],
    fills: [aFill({ accountId: of, fee: moneyFrom(1), clientOrderId: clientOrderId(`x-${of}`) })],
    positions: [{ instrument: GOLD.id, qty: signedLots(1), avgEntryTicks: 26_500 }],
  };
}

/** A session that has begun, on a real journal and no tape. */
function aSession({
  recordsPerSnapshot = 5_000,
  hung,
  config = {},
  bots = [],
  isFull = false,
}: Wanted = {}) {
  const journal = new BrittleJournal();
  const alerts: string[] = [];
  let forgotten = 0;
  const files: SessionFiles = {
    journal,
    damage: null,
    setAside: () => undefined,
    marks: { begun: false, ended: null, counted: null },
    mark: () => undefined,
    openTape: () => ({
      lastSeq: 0,
      append: () => undefined,
      flush: () => undefined,
      close: () => undefined,
    }),
    epoch: 1,
    raiseEpoch: () => undefined,
    renewLease: () => undefined,
    ownsLease: () => true,
    watchHang: () => ({
      began: () => undefined,
      ended: () => undefined,
      close: async () => undefined,
    }),
    hungBot: () => hung ?? null,
    forgetHungBot: () => void (forgotten += 1),
    close: () => undefined,
  };
  const world = { clock: realClock, hash: hashText, strategies: STRATEGIES };
  const session = new Session(world, {
    plan: aPlan({ mode: "replay", bots, ...config }),
    files,
    watch: { onAlert: ({ text, code }) => void (code === "botHalted" || alerts.push(text)) },
    send: () => undefined,
    venue: "thisProcess",
    recordsPerSnapshot,
  });
  journal.isFull = isFull;
  session.begin(OPENING);
  session.loop.release();
  return { session, journal, alerts, forgotten: () => forgotten };
}

function aPlan(config: Partial<SessionConfig>) {
  return {
    config: aSessionConfig(config),
    venue: {
      latency: { toVenueMs: 0, toDeskMs: 0 },
      fillModel: DEFAULT_FILL_MODEL,
    },
    data: {
      name: "test",
      open: () => memorySource(GOLD.id, []),
      warmUp: null,
      session: { from: OPENING, until: OPENING },
    },
  } as ConstructorParameters<typeof Session>[1]["plan"];
}
