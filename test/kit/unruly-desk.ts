import { processIo } from "#cli/process-io.ts";
import { realRuntime } from "#cli/real-runtime.ts";
import { runCli } from "#cli/run-cli.ts";
import { object } from "#core/domain/settings.ts";
import type { Lots, Ticks } from "#core/domain/units.ts";
import { sizingSettings } from "#core/strategy/bot-settings.ts";
import { type AnyStrategy, type StrategyContext, strategy } from "#core/strategy/strategy.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";

// The program as people start it, with strategies that misbehave. Each holds a protected lot and rests an entry far
// from the market by then, so that it can be seen what becomes of both.

const ENTERS_AT = 5;
const RESTS_AT = 10;
const MISBEHAVES_AT = 20;

const MISBEHAVIOR: Readonly<Record<string, (ctx: StrategyContext) => void>> = {
  throws() {
    throw new Error("no such average");
  },
  "is-slow"() {
    const until = realClock.processorMs() + 400;
    while (realClock.processorMs() < until);
  },
  /** As a machine that is suspended: whoever started the desk lets it go on. */
  "is-stopped"() {
    process.kill(process.pid, "SIGSTOP");
  },
  hangs() {
    for (;;);
  },
  /** Where no desk can catch it. */
  "throws-later"() {
    setTimeout(() => {
      throw new Error("no such average");
    });
  },
  floods(ctx) {
    for (let count = 0; count < 25; count += 1) say(ctx);
  },
};

function say(ctx: StrategyContext): void {
  ctx.signal({ section: "entry", side: "buy", numbers: {} });
}

function unruly(name: string, misbehave: (ctx: StrategyContext) => void): AnyStrategy {
  const create = () => {
    let trades = 0;
    return {
      bars: [],
      onTrade(_tick: unknown, ctx: StrategyContext) {
        trades += 1;
        if (trades === ENTERS_AT) ctx.enter(anEntry);
        if (trades === RESTS_AT) ctx.enter({ ...anEntry, terms: farBelow(ctx) });
        if (trades === MISBEHAVES_AT) misbehave(ctx);
      },
    };
  };
  return strategy({ name, idea: "Misbehaves.", params: object(sizingSettings), create });
}

const anEntry = {
  side: "buy",
  qty: 1 as Lots,
  stopLossTicks: 400 as Ticks,
  takeProfitTicks: null,
} as const;

function farBelow({ touch }: StrategyContext) {
  return { type: "limit", limitPrice: ((touch.lastPrice ?? 0) - 150) as Ticks } as const;
}

const chatters: AnyStrategy = strategy({
  name: "chatters",
  idea: "Tells an opinion with every trade.",
  params: object(sizingSettings),
  create: () => ({
    bars: [],
    onTrade(_tick: unknown, ctx: StrategyContext) {
      say(ctx);
    },
  }),
});

const strategies = new Map(STRATEGIES);
strategies.set(chatters.name, chatters);
for (const [name, misbehave] of Object.entries(MISBEHAVIOR)) {
  strategies.set(name, unruly(name, misbehave));
}

const io = processIo(process);
const serveVenue = () => Promise.reject(new Error("these tests need no venue process"));
const serveGateway = serveVenue;
const runtime = realRuntime({ io, strategies, version: "test", serveVenue, serveGateway });
await io.finish(await runCli(process.argv.slice(2), io, runtime));
