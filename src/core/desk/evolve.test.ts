import { describe, expect, test } from "vitest";
import { accountId, botId, requestId } from "#core/domain/ids.ts";
import { tradingDay } from "#core/domain/trading-day.ts";
import { type EpochMs, lots } from "#core/domain/units.ts";
import { flatPosition } from "#core/positions/book-fill.ts";
import type { Enforcement } from "#core/risk/enforcement-state.ts";
import { ACCOUNT, GOLD, OPENING, aBotConfig, aSessionConfig } from "#test/kit/builders.ts";
import { evolve, warningKey } from "./evolve.ts";
import type { Fact } from "./fact.ts";
import { type DeskState, REQUESTS_KEPT, emptyState } from "./state.ts";

const BOT = botId("bot-1");
const WEDNESDAY = tradingDay("2026-03-11");
const THURSDAY = tradingDay("2026-03-12");

describe("a session", () => {
  test("begins with its accounts and bots", () => {
    const paused = aBotConfig({ botId: botId("bot-2"), enabled: false });
    const config = aSessionConfig({ bots: [aBotConfig(), paused] });

    const state = folded([{ kind: "sessionOpened", config }]);

    const noLedger = { tradingDay: null, dayNet: 0n, totalNet: 0n, peakNet: 0n };
    const noSignals = { tradingDay: null, count: 0 };
    expect(state).toEqual({
      ...emptyState(),
      session: config,
      accounts: new Map([
        [
          ACCOUNT,
          {
            accountId: ACCOUNT,
            balance: 50_000_000_000n,
            tradingState: "active",
            arming: "trade",
            brackets: "desk",
            venueAccount: null,
            isStopped: false,
            ready: false,
            readyReason: "not compared with the venue yet",
            reconciledAt: 0,
            lastFill: null,
            fillsForgottenUntil: 0,
            days: [],
            sentAt: [],
            recentEntries: [],
            warnings: [],
            unknownHoldings: [],
          },
        ],
      ]),
      bots: new Map([
        [
          BOT,
          {
            botId: BOT,
            status: { kind: "running" },
            store: {},
            signals: noSignals,
            ledger: noLedger,
          },
        ],
        [
          paused.botId,
          {
            botId: paused.botId,
            status: { kind: "paused" },
            store: {},
            signals: noSignals,
            ledger: noLedger,
          },
        ],
      ]),
    });
  });

  test("is opened once", () => {
    const opened: Fact = { kind: "sessionOpened", config: aSessionConfig() };

    expect(() => folded([opened, opened])).toThrow("a session is opened once");
  });

  test.each([1, 2])("is never taken over by an older process: epoch %d after 2", (epoch) => {
    const state = opened();
    evolve(state, { kind: "deskStarted", epoch: 2, at: OPENING });

    expect(() => evolve(state, { kind: "deskStarted", epoch, at: OPENING })).toThrow(
      "the epoch rises with every process start",
    );
  });

  test("trades as it was last told to, the desk and each account by itself", () => {
    const state = opened();
    const reason = "asked";

    evolve(state, {
      kind: "tradingStateChanged",
      scope: { kind: "account", accountId: ACCOUNT },
      state: "reducing",
      reason,
    });
    evolve(state, {
      kind: "tradingStateChanged",
      scope: { kind: "bot", botId: BOT },
      state: "halted",
      reason,
    });
    const desk = state.tradingState;
    evolve(state, {
      kind: "tradingStateChanged",
      scope: { kind: "desk" },
      state: "halted",
      reason,
    });

    expect([desk, state.tradingState]).toEqual(["active", "halted"]);
    expect(state.accounts.get(ACCOUNT)?.tradingState).toBe("reducing");
  });

  test("remembers the last answers and whether its journal can be written", () => {
    const state = opened();
    for (let number = 0; number <= REQUESTS_KEPT; number += 1) {
      evolve(state, {
        kind: "requestHandled",
        requestId: requestId(`R${number}`),
        request: { kind: "flatten", accountId: ACCOUNT },
        result: { kind: "accepted", clientOrderIds: [], note: null },
      });
    }
    evolve(state, { kind: "journalWritableChanged", writable: false, reason: "disk full" });
    evolve(state, { kind: "findingRaised", accountId: ACCOUNT, code: "x", text: "y" });

    expect(state.requests.size).toBe(REQUESTS_KEPT);
    expect(state.requests.has(requestId("R0"))).toBe(false);
    expect(state.journalWritable).toBe(false);
  });

  test("knows nothing of accounts, bots and facts that it does not have", () => {
    const other = accountId("OTHER");
    const reason = "x";

    expect(() =>
      evolve(opened(), {
        kind: "accountReadyChanged",
        accountId: other,
        ready: true,
        asOf: OPENING,
        reason,
      }),
    ).toThrow("a fact names a configured account, found OTHER");
    expect(() =>
      evolve(opened(), {
        kind: "botStatusChanged",
        botId: botId("other"),
        status: { kind: "paused" },
      }),
    ).toThrow("a fact names a configured bot, found other");
    expect(() => evolve(opened(), { kind: "orderTwisted" } as unknown as Fact)).toThrow(
      'a fact is of a known kind, found {"kind":"orderTwisted"}',
    );
  });
});

test("an adopted position moves no money", () => {
  const state = opened();
  const before = state.accounts.get(ACCOUNT);
  const position = { ...flatPosition(ACCOUNT, GOLD.id), openedAt: OPENING };

  evolve(state, { kind: "positionAdopted", position });

  expect([...state.positions]).toEqual([["PRACTICE-1/MGC", position]]);
  expect(state.accounts.get(ACCOUNT)).toBe(before);
});

describe("what rules found", () => {
  test("is remembered while it holds", () => {
    const state = opened();
    const breach = {
      accountId: ACCOUNT,
      rule: "RULE-001",
      code: "maxContractsExceeded",
      limit: 1,
      value: 2,
      remedy: { kind: "flatten" },
    } as const;
    const lockout = {
      lockoutId: "L1",
      accountId: ACCOUNT,
      scope: { kind: "account" },
      rule: "RULE-003",
      kind: "hard",
      reason: "x",
      startedAt: OPENING,
      until: null,
    } as const;

    evolve(state, { kind: "breachFound", at: OPENING, breach });
    evolve(state, { kind: "accountLocked", lockout });
    evolve(state, protection(OPENING));
    const held = [[...state.breaches], [...state.lockouts], [...state.unprotected]];
    evolve(state, { kind: "breachEnded", at: OPENING, key: "PRACTICE-1/RULE-001/account" });
    evolve(state, { kind: "lockoutEnded", lockoutId: "L1", at: OPENING, by: "time" });
    evolve(state, protection(null));

    expect(held).toEqual([
      [["PRACTICE-1/RULE-001/account", breach]],
      [["L1", lockout]],
      [["PRACTICE-1/MGC", OPENING]],
    ]);
    expect([state.breaches.size, state.lockouts.size, state.unprotected.size]).toEqual([0, 0, 0]);
  });

  test("is warned about once per share and day, the last twenty", () => {
    const state = opened();
    for (let share = 1; share <= 21; share += 1) {
      evolve(state, {
        kind: "lossWarned",
        accountId: ACCOUNT,
        rule: "RULE-003",
        tradingDay: WEDNESDAY,
        share,
      });
    }

    const { warnings } = state.accounts.get(ACCOUNT) ?? { warnings: [] };

    expect([warnings.length, warnings[0], warnings.at(-1)]).toEqual([
      20,
      "RULE-003/2026-03-11/2",
      warningKey({ rule: "RULE-003", tradingDay: WEDNESDAY, share: 21 }),
    ]);
  });

  test("numbers a close-down once", () => {
    const state = opened();
    const enforcement: Enforcement = {
      enforcementId: "e1",
      accountId: ACCOUNT,
      instrument: null,
      keepQty: lots(0),
      cause: "person",
      stage: "close",
      startedAt: OPENING,
      attempts: 0,
      nextAttemptAt: OPENING,
    };

    evolve(state, { kind: "enforcementChanged", enforcement });
    evolve(state, { kind: "enforcementChanged", enforcement: { ...enforcement, attempts: 1 } });
    const running = [...state.enforcements.values()];
    evolve(state, { kind: "enforcementEnded", enforcementId: "e1", at: OPENING });

    expect(state.nextEnforcementNumber).toBe(2);
    expect(running).toEqual([{ ...enforcement, attempts: 1 }]);
    expect(state.enforcements.size).toBe(0);
  });
});

test("a bot keeps its status, its store and the count of the day's signals", () => {
  const state = opened();
  const signal = { at: OPENING, section: "entry", side: "buy", numbers: {} } as const;

  evolve(state, {
    kind: "botStatusChanged",
    botId: BOT,
    status: { kind: "halted", reason: "threw" },
  });
  evolve(state, { kind: "storeChanged", botId: BOT, key: "a", value: 1 });
  evolve(state, { kind: "storeChanged", botId: BOT, key: "b", value: [2] });
  evolve(state, { kind: "storeChanged", botId: BOT, key: "a", value: null });
  for (const day of [WEDNESDAY, WEDNESDAY, THURSDAY]) {
    evolve(state, { kind: "signalGenerated", botId: BOT, tradingDay: day, signal });
  }

  expect(state.bots.get(BOT)).toMatchObject({
    status: { kind: "halted", reason: "threw" },
    store: { a: null, b: [2] },
    signals: { tradingDay: THURSDAY, count: 1 },
  });
});

/** An open session with a bot. */
function opened(): DeskState {
  return folded([{ kind: "sessionOpened", config: aSessionConfig({ bots: [aBotConfig()] }) }]);
}

function folded(facts: readonly Fact[]): DeskState {
  const state = emptyState();
  for (const fact of facts) evolve(state, fact);
  return state;
}

function protection(unprotectedSince: EpochMs | null): Fact {
  return {
    kind: "protectionChanged",
    accountId: ACCOUNT,
    instrument: GOLD.id,
    unprotectedSince,
  };
}
