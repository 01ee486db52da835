import { hash } from "node:crypto";
import type { AccountConfig, BotConfig, SessionConfig } from "#core/desk/config.ts";
import { Desk } from "#core/desk/desk.ts";
import type { Fact } from "#core/desk/fact.ts";
import { accountId, botId, sessionId, venueId } from "#core/domain/ids.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import { type DurationMs, moneyFrom } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL, fixedSlippage } from "#core/matching/fill-model.ts";
import { DeskLoop } from "#runtime/desk-loop.ts";
import type { Recorder } from "#runtime/recorder.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";
import { simulatedVenue } from "#runtime/simulation.ts";
import { TapePlayer } from "#runtime/tape-player.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { GOLD, type Tape, tapeSource } from "./gold-tape.ts";

export const ACCOUNT = accountId("PRACTICE-1");

const LIMITS: AccountConfig["limits"] = { staleAfter: "5m", maxOrderSize: 50 };

/** Wide enough that a session trades to its end. */
const RULES: AccountConfig["rules"] = {
  max_contracts: { limit: 50 },
  max_contracts_per_instrument: { limits: { MGC: 50 } },
  daily_realized_loss: { limit: 100_000 },
  no_stop_loss_grace: { grace: "10s", onBreach: "close" },
};

const QUEUE: SessionConfig["queue"] = {
  capacity: 1_000,
  perSecond: 20,
  burst: 20,
  marketTtl: 5_000 as DurationMs,
  limitTtl: 300_000 as DurationMs,
};

/** One bot and one account with the four rules over a tape. */
export function goldPlan(tape: Tape, params: PlainData): SessionPlan {
  const account: AccountConfig = {
    accountId: ACCOUNT,
    venueId: venueId("simulated"),
    arming: "trade",
    brackets: "desk",
    startBalance: moneyFrom(50_000),
    limits: LIMITS,
    rules: RULES,
  };
  const bot: BotConfig = {
    botId: botId("gold-trend"),
    name: "Gold trend",
    enabled: true,
    accountId: ACCOUNT,
    instrument: GOLD.id,
    strategy: "ema-cross",
    params,
    risk: { maxPositions: 20, maxSignalsPerDay: 10_000 },
  };
  return {
    config: {
      sessionId: sessionId("bench"),
      mode: "backtest",
      instruments: [GOLD],
      accounts: [account],
      bots: [bot],
      queue: QUEUE,
      answerTimeout: 5_000 as DurationMs,
      reconcileEvery: null,
      sources: {},
    },
    venue: {
      latency: { toVenueMs: 20 as DurationMs, toDeskMs: 20 as DurationMs },
      fillModel: { ...DEFAULT_FILL_MODEL, slippage: fixedSlippage(1) },
    },
    data: {
      name: "gold tape",
      open: () => tapeSource(tape),
      warmUp: null,
      session: { from: tape.from, until: tape.until },
    },
  };
}

export type Played = {
  readonly orders: number;
  readonly roundTrips: number;
  readonly facts: number;
};

/** Plays a whole tape through desk and venue, in one go; recorded only where a recorder is given. */
export function playTape(tape: Tape, plan: SessionPlan, recorder: Recorder | null = null): Played {
  const played = { orders: 0, roundTrips: 0, facts: 0 };
  const venue = simulatedVenue(plan, "");
  const desk = new Desk({ strategies: STRATEGIES });
  const outlets = {
    send: (command: Parameters<typeof venue.handle>[0]) => venue.handle(command, desk.now),
    reply: () => undefined,
    ownsLease: () => true,
  };
  const onFact = (fact: Fact) => {
    played.facts += 1;
    if (fact.kind === "orderSubmitted") played.orders += 1;
    if (fact.kind === "fillBooked" && fact.roundTrip !== null) played.roundTrips += 1;
  };
  const loop = new DeskLoop(desk, recorder, outlets, { onFact });
  const player = new TapePlayer(loop, venue, [GOLD.id]);
  loop.apply({ kind: "sessionOpened", at: tape.from, config: plan.config });
  loop.apply({ kind: "deskStarted", at: tape.from, epoch: 1 });
  loop.release();
  for (const block of tape.blocks) player.play(block, 0, Number.POSITIVE_INFINITY);
  player.advance(tape.until);
  loop.release();
  return played;
}

export function sha256(text: string): string {
  return hash("sha256", text);
}
