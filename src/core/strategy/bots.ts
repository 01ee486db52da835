import type { BotConfig } from "#core/desk/config.ts";
import type { Fact } from "#core/desk/fact.ts";
import { findOrder } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { BotId, ClientOrderId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import { type Fill, type Order, isClosed } from "#core/domain/order.ts";
import { readSetting } from "#core/domain/settings.ts";
import { type Bar, barSpecKey } from "#core/market/bar.ts";
import type { InstrumentMarket } from "#core/market/instrument-market.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import { actFor } from "./bot-actions.ts";
import { botRisk } from "./bot-settings.ts";
import type { BotStatus } from "./bot-state.ts";
import { Bot, type BotAction } from "./bot.ts";
import type { AnyStrategy, StrategyRun } from "./strategy.ts";

/** More actions than this in answer to its own orders, within one event, is a strategy that chases itself. */
const REACTIONS_MAX = 20;

/** Tells the runtime when a strategy has the floor, so that it can be timed; the core has no clock. */
export type CallbackWatch = {
  readonly began: (botId: BotId) => void;
  readonly ended: (botId: BotId) => void;
};

/** The bots of a session and their strategies. Not durable: rebuilt by warm-up, told by `restored`. */
export class Bots {
  readonly #turn: Turn;
  readonly #strategies: ReadonlyMap<string, AnyStrategy>;
  readonly #watch: CallbackWatch | undefined;
  readonly #bots = new Map<BotId, Bot>();
  readonly #barListeners = new Map<string, Bot[]>();
  readonly #tradeListeners = new Map<string, Bot[]>();
  readonly #quoteListeners = new Map<string, Bot[]>();
  /** Bots that do not run in this process any more, and whether a person who started one was told. */
  readonly #outdated = new Map<Bot, "told" | "not told">();
  /** Actions of each bot in answer to facts of the present event. */
  readonly #reactions = new Map<Bot, number>();
  isWarmingUp = false;

  constructor(turn: Turn, strategies: ReadonlyMap<string, AnyStrategy>, watch?: CallbackWatch) {
    this.#turn = turn;
    this.#strategies = strategies;
    this.#watch = watch;
  }

  /** Creates the run of a configured bot and subscribes it to its bars. */
  start(config: BotConfig, market: InstrumentMarket): void {
    const found = this.#strategies.get(config.strategy);
    invariant(
      found !== undefined,
      `a session is opened with known strategies, found ${config.strategy}`,
    );
    const sizing = readSetting(found.params, config.params);
    const risk = readSetting(botRisk, config.risk);
    invariant(sizing.ok && risk.ok, "a session is opened with settings that were validated");
    const { instrument } = market;
    const run = found.create(sizing.value, instrument);
    const bot = new Bot(this.#turn, config, {
      instrument,
      sizing: sizing.value,
      risk: risk.value,
      run,
    });
    this.#bots.set(config.botId, bot);
    if (this.#statusOf(bot) === "halted") this.#outdated.set(bot, "not told");
    for (const spec of run.bars) {
      market.subscribe(spec);
      listen(this.#barListeners, `${config.instrument} ${barSpecKey(spec)}`, bot);
    }
    if (run.onTrade !== undefined) listen(this.#tradeListeners, config.instrument, bot);
    if (run.onQuote !== undefined) listen(this.#quoteListeners, config.instrument, bot);
  }

  get hasTradeListeners(): boolean {
    return this.#tradeListeners.size > 0;
  }

  get hasQuoteListeners(): boolean {
    return this.#quoteListeners.size > 0;
  }

  onBar(bar: Bar): void {
    const listeners = this.#barListeners.get(`${bar.instrument} ${barSpecKey(bar.spec)}`);
    for (const bot of listeners ?? []) this.#call(bot, (run) => run.onBar?.(bar, bot));
  }

  onTrade(tick: TradeTick): void {
    for (const bot of this.#tradeListeners.get(tick.instrument) ?? []) {
      this.#call(bot, (run) => run.onTrade?.(tick, bot));
    }
  }

  onQuote(quote: Quote): void {
    for (const bot of this.#quoteListeners.get(quote.instrument) ?? []) {
      this.#call(bot, (run) => run.onQuote?.(quote, bot));
    }
  }

  /** After warm-up: each strategy sees what its account holds. */
  restored(): void {
    for (const bot of this.#bots.values()) this.#call(bot, (run) => run.onRestore?.(bot));
  }

  /** Passes a fact of the present event on to the bots it concerns. */
  notice(fact: Fact): void {
    if (fact === this.#turn.facts[0]) this.#reactions.clear();
    if (fact.kind === "fillBooked") {
      for (const bot of this.#botsOn(fact.fill))
        this.#react(bot, (run) => run.onFill?.(fact.fill, bot));
    }
    const order = this.#endedOrder(fact);
    if (order?.source.kind !== "bot") return;
    const bot = this.#bots.get(order.source.botId);
    if (bot !== undefined) this.#react(bot, (run) => run.onOrderEnded?.(order, bot));
  }

  /**
   * Ends a bot's trading until a person starts it again: its entries go, its protection stays. Its strategy does not
   * run again in this process, because what it knows is wrong or will be out of date.
   */
  halt(botId: BotId, reason: string): void {
    const bot = this.#bots.get(botId);
    if (bot === undefined) return;
    bot.actions.length = 0;
    this.#outdated.set(bot, "not told");
    if (this.#statusOf(bot) === "halted") return;
    this.#turn.emit({ kind: "botStatusChanged", botId, status: { kind: "halted", reason } });
    this.#turn.alert("critical", "botHalted", `Bot ${botId} is halted: ${reason}`);
    this.#turn.touch(bot.config.accountId);
  }

  #botsOn({ accountId, instrument }: Pick<Fill, "accountId" | "instrument">): readonly Bot[] {
    return [...this.#bots.values()].filter(
      ({ config }) => config.accountId === accountId && config.instrument === instrument,
    );
  }

  /** The order that a fact may have ended. */
  #endedOrder(fact: Fact): Order | undefined {
    const id = endingId(fact);
    const order = id === undefined ? undefined : findOrder(this.#turn.state, id);
    return order !== undefined && isClosed(order) ? order : undefined;
  }

  #statusOf(bot: Bot): BotStatus["kind"] | undefined {
    return this.#turn.state.bots.get(bot.config.botId)?.status.kind;
  }

  /** A callback about what happened to the bot's own orders, which may lead to more of them within one event. */
  #react(bot: Bot, callback: (run: StrategyRun) => void): void {
    const asked = (this.#reactions.get(bot) ?? 0) + this.#call(bot, callback, "orders");
    this.#reactions.set(bot, asked);
    if (asked <= REACTIONS_MAX || this.#outdated.has(bot)) return;
    this.halt(bot.config.botId, `it reacted ${asked} times to its own orders within one event`);
  }

  /** Runs one callback and returns how many actions it led to. What it throws halts the bot, never the desk. */
  #call(
    bot: Bot,
    callback: (run: StrategyRun) => void,
    about: "market" | "orders" = "market",
  ): number {
    if (this.#outdated.has(bot)) return this.#leaveOut(bot);
    const { botId } = bot.config;
    bot.actions.length = 0;
    this.#watch?.began(botId);
    try {
      callback(bot.run);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      this.halt(botId, `the strategy threw: ${what}`);
      return 0;
    } finally {
      this.#watch?.ended(botId);
    }
    if (this.isWarmingUp) return this.#noteDown(bot, about);
    return this.#act(bot);
  }

  /** A person may have started it again meanwhile, and must know that this takes a start of the desk as well. */
  #leaveOut(bot: Bot): number {
    if (this.#statusOf(bot) !== "running" || this.#outdated.get(bot) === "told") return 0;
    this.#outdated.set(bot, "told");
    const { botId } = bot.config;
    const text = `Bot ${botId} was halted and has missed what happened since: start the desk again to run it`;
    this.#turn.alert("warning", "botOutdated", text);
    return 0;
  }

  /** During warm-up nothing is done. The market is history and was noted then; fills and ends of orders happen now. */
  #noteDown(bot: Bot, about: "market" | "orders"): number {
    const actions = bot.actions.splice(0);
    const notes = about === "orders" ? actions.filter(({ kind }) => kind === "store") : [];
    for (const note of notes) this.#do(bot, note);
    return notes.length;
  }

  /** A bot that does not run may still note down what it has seen. */
  #act(bot: Bot): number {
    const actions = bot.actions.splice(0);
    if (actions.length === 0) return 0;
    this.#turn.touch(bot.config.accountId);
    for (const action of actions) {
      if (action.kind !== "store" && this.#statusOf(bot) !== "running") continue;
      this.#do(bot, action);
    }
    return actions.length;
  }

  #do(bot: Bot, action: BotAction): void {
    const reason = actFor(this.#turn, bot, action);
    if (reason !== undefined) this.halt(bot.config.botId, reason);
  }
}

function endingId(fact: Fact): ClientOrderId | undefined {
  if (fact.kind === "fillBooked") return fact.fill.clientOrderId;
  const ends =
    fact.kind === "orderRejected" || fact.kind === "orderCanceled" || fact.kind === "orderExpired";
  return ends ? fact.clientOrderId : undefined;
}

function listen(listeners: Map<string, Bot[]>, key: string, bot: Bot): void {
  const known = listeners.get(key);
  if (known === undefined) listeners.set(key, [bot]);
  else known.push(bot);
}
