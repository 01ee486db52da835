import type { BotConfig, SessionConfig } from "#core/desk/config.ts";
import type { BotId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import { object } from "#core/domain/settings.ts";
import { type Ticks, ticks } from "#core/domain/units.ts";
import { parseBarSpec } from "#core/market/bar.ts";
import type { Denial } from "#core/risk/denial.ts";
import { sizingSettings } from "#core/strategy/bot-settings.ts";
import type { BotState } from "#core/strategy/bot-state.ts";
import {
  type AnyStrategy,
  type Entry,
  type StrategyContext,
  type StrategyRun,
  strategy,
} from "#core/strategy/strategy.ts";
import { GOLD, NASDAQ, aBotConfig } from "./builders.ts";
import { TestDesk, type TestDeskOptions } from "./test-desk.ts";

export const BOT: BotId = aBotConfig().botId;

/** A strategy that does at each trade what the test says, and whatever else the test gives it. */
export class Script implements StrategyRun {
  readonly bars = [parseBarSpec("1t")];
  /** Callbacks in the order in which they came. */
  readonly calls: string[] = [];
  /** Done at the next bar, once. */
  next: (ctx: StrategyContext) => void = () => undefined;
  onFill?: NonNullable<StrategyRun["onFill"]>;
  onOrderEnded?: NonNullable<StrategyRun["onOrderEnded"]>;
  onTrade?: NonNullable<StrategyRun["onTrade"]>;
  onQuote?: NonNullable<StrategyRun["onQuote"]>;
  onRestore?: NonNullable<StrategyRun["onRestore"]>;

  onBar(_bar: unknown, ctx: StrategyContext): void {
    this.calls.push("bar");
    const act = this.next;
    this.next = () => undefined;
    act(ctx);
  }
}

export type BotDeskOptions = {
  readonly bot?: Partial<BotConfig>;
  /** More bots of the same strategy. */
  readonly others?: readonly BotConfig[];
  readonly session?: Partial<SessionConfig>;
  readonly desk?: Omit<TestDeskOptions, "session">;
  /** Prepares each run of the strategy; a restarted desk has a new one. */
  readonly prepare?: (script: Script) => void;
};

/** A desk with one bot on gold, which follows a script. Sizing: risk of 100, no target, no slippage reserve. */
export class BotDesk extends TestDesk {
  readonly scripts: Script[];

  constructor({ bot, others, session, desk, prepare }: BotDeskOptions = {}) {
    const scripts: Script[] = [];
    const scripted: AnyStrategy = strategy({
      name: "scripted",
      idea: "Does what a test says.",
      params: object(sizingSettings),
      create: () => {
        const script = new Script();
        prepare?.(script);
        scripts.push(script);
        return script;
      },
    });
    const params = { riskRewardRatio: null, slippageTicks: 0 };
    const bots = [aBotConfig({ strategy: "scripted", params, ...bot }), ...(others ?? [])];
    const parts = { strategies: new Map([[scripted.name, scripted]]), ...desk?.parts };
    super({ ...desk, session: { instruments: [GOLD, NASDAQ], bots, ...session }, parts });
    this.scripts = scripts;
  }

  /** The run of the first bot in the process that is running. */
  get script(): Script {
    const run = this.scripts.at(-1);
    invariant(run !== undefined, "a bot is running");
    return run;
  }

  get bot(): BotState {
    const state = this.state.bots.get(BOT);
    invariant(state !== undefined, "the bot is configured");
    return state;
  }

  /** Closes a bar at a price, in which the bot acts. */
  act(next: (ctx: StrategyContext) => void, price = 26_500): void {
    this.script.next = next;
    this.trade(price);
  }

  /** Enters in a bar and returns why not, if not. */
  enter(entry: Partial<Entry> = {}): Denial | undefined {
    const since = this.facts.length;
    this.act((ctx) => ctx.enter(anEntryOf(entry)));
    return deniedIn(this, since);
  }
}

/** A buy at the market with a stop 20 ticks away. */
export function anEntryOf(overrides: Partial<Entry> = {}): Entry {
  return { side: "buy", stopLossTicks: ticks(20), ...overrides };
}

export function far(distance: number): Pick<Entry, "stopLossTicks"> {
  return { stopLossTicks: distance as Ticks };
}

function deniedIn(desk: TestDesk, since: number): Denial | undefined {
  const fact = desk.facts.slice(since).find(({ kind }) => kind === "orderDenied");
  return fact?.kind === "orderDenied" ? fact.denial : undefined;
}
