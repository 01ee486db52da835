import fc from "fast-check";
import { expect, test } from "vitest";
import { Desk } from "#core/desk/desk.ts";
import type { Fact } from "#core/desk/fact.ts";
import { type EpochMs, epochMs } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import { emaCross } from "#strategies/ema-cross.ts";
import { GOLD, OPENING, aBotConfig, anAccountConfig, aSessionConfig } from "#test/kit/builders.ts";
import { type Row, memorySource } from "#test/kit/memory-source.ts";
import { DeskLoop } from "./desk-loop.ts";
import type { SessionPlan } from "./session-plan.ts";
import { simulatedVenue } from "./simulation.ts";
import { TapePlayer } from "./tape-player.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test("a session decides the same whether it is told of each trade or of many together", async () => {
  const row = fc.record({
    wait: fc.nat(4_000),
    move: fc.integer({ min: -4, max: 4 }),
    qty: fc.nat(3),
    isQuote: fc.nat(20).map((one) => one === 20),
  });

  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 300, maxLength: 900 }), async (steps) => {
      let at: number = OPENING;
      let price = 26_500;
      const rows = steps.map(({ wait, move, qty, isQuote }): Row => {
        at += wait;
        price += move;
        return { at, price: isQuote ? [price, price + 1] : price, qty };
      });

      const together = await factsOf(rows, emaCross);
      const oneByOne = await factsOf(rows, toldOfEachTrade(emaCross));

      expect(together).toEqual(oneByOne);
    }),
    { numRuns: 25 },
  );
});

test("rows later than asked for are left", async () => {
  const rows = [0, 1, 2, 3].map((ms) => ({ at: OPENING + ms, price: 26_500 }));
  const { player } = aSession(emaCross, []);

  for await (const block of memorySource(GOLD.id, rows, 4).blocks()) {
    expect(player.play(block, 0, OPENING + 1)).toBe(2);
    expect(player.play(block, 2, OPENING + 2.5)).toBe(3);
    expect(player.play(block, 3, Number.POSITIVE_INFINITY)).toBe(4);
  }
});

test("the venue forgets what ended a week before the last roll, which may be of the Friday", async () => {
  const days = Array.from({ length: 20 }, (_, day) => OPENING + day * DAY);
  const rows = days.flatMap((from) =>
    Array.from({ length: 60 }, (_, step) => ({
      at: from + step * 5_000,
      price: 26_500 + Math.round(20 * Math.sin(step / 4)),
    })),
  );
  const facts: Fact[] = [];
  const { player, venue } = aSession(emaCross, facts);

  for await (const block of memorySource(GOLD.id, rows, 64).blocks()) {
    player.play(block, 0, Number.POSITIVE_INFINITY);
  }

  const ended = venue.exportState().orders.map(({ endedAt }) => endedAt ?? Infinity);
  const sent = facts.flatMap((fact) => (fact.kind === "orderSubmitted" ? [fact.at] : []));
  const lastDay = days.at(-1) ?? 0;
  expect(sent.some((at) => at < lastDay - 10 * DAY)).toBe(true);
  expect(ended.some((at) => at < lastDay - 10 * DAY)).toBe(false);
  expect(ended.some((at) => at < lastDay - 6 * DAY)).toBe(true);
});

async function factsOf(rows: readonly Row[], strategy: AnyStrategy): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  const { player } = aSession(strategy, facts);
  for await (const block of memorySource(GOLD.id, rows, 64).blocks()) {
    player.play(block, 0, Number.POSITIVE_INFINITY);
  }
  player.advance(epochMs((rows.at(-1)?.at ?? OPENING) + HOUR));
  return facts;
}

/** A session of one bot with short averages, so that it trades within minutes. */
function aSession(strategy: AnyStrategy, facts: Fact[]) {
  const params = { bars: "10s", fast: 2, slow: 3, atr: 2, minStopTicks: 5 };
  const config = aSessionConfig({
    accounts: [anAccountConfig({ rules: { max_contracts: { limit: 20 } } })],
    bots: [aBotConfig({ params, risk: { maxPositions: 20, maxSignalsPerDay: 10_000 } })],
  });
  const latency = { toVenueMs: 20, toDeskMs: 20 } as SessionPlan["venue"]["latency"];
  const venue = simulatedVenue({ config, venue: { latency, fillModel: DEFAULT_FILL_MODEL } }, "");
  const desk = new Desk({ strategies: new Map([[strategy.name, strategy]]) });
  const outlets = {
    send: (command: Parameters<typeof venue.handle>[0], at: EpochMs) => venue.handle(command, at),
    reply: () => undefined,
    ownsLease: () => true,
  };
  const loop = new DeskLoop(desk, null, outlets, { onFact: (fact) => facts.push(fact) });
  loop.apply({ kind: "sessionOpened", at: OPENING, config });
  loop.apply({ kind: "deskStarted", at: OPENING, epoch: 1 });
  return { player: new TapePlayer(loop, venue, [GOLD.id]), venue };
}

/** The same strategy, with an ear for every trade. */
function toldOfEachTrade(strategy: AnyStrategy): AnyStrategy {
  return {
    ...strategy,
    create(settings, instrument) {
      const run = strategy.create(settings, instrument);
      return {
        bars: run.bars,
        onBar: (bar, ctx) => run.onBar?.(bar, ctx),
        onFill: (fill, ctx) => run.onFill?.(fill, ctx),
        onTrade: () => undefined,
      };
    },
  };
}
