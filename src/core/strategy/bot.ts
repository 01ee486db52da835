import type { BotConfig } from "#core/desk/config.ts";
import { findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import type { Order } from "#core/domain/order.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import type { Position } from "#core/domain/position.ts";
import type { Touch } from "#core/domain/report.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";
import { flatPosition } from "#core/positions/book-fill.ts";
import type { BotRisk, Sizing } from "./bot-settings.ts";
import type { Signal } from "./bot-state.ts";
import { soundEntry, soundQty, soundSignal, soundValue } from "./sound.ts";
import type { Entry, StrategyContext, StrategyRun } from "./strategy.ts";

/** What a strategy asked for during a callback; acted on when it has returned. */
export type BotAction =
  | { readonly kind: "signal"; readonly signal: Pick<Signal, "section" | "side" | "numbers"> }
  | { readonly kind: "enter"; readonly entry: Entry }
  | { readonly kind: "exit"; readonly qty: Lots | null }
  | { readonly kind: "cancelEntries" }
  | { readonly kind: "store"; readonly key: string; readonly value: PlainData };

/** More than this from one callback is a strategy gone wild. */
const ACTIONS_MAX = 20;
/** So are more entries than this within a minute, whether or not they pass. */
const ENTRIES_PER_MINUTE_MAX = 60;

/** A configured bot with its running strategy; the context the strategy sees is the bot itself. */
export class Bot implements StrategyContext {
  readonly config: BotConfig;
  readonly instrument: Instrument;
  readonly sizing: Sizing;
  readonly risk: BotRisk;
  readonly run: StrategyRun;
  readonly actions: BotAction[] = [];
  readonly #turn: Turn;
  /** When it asked for its last entries, oldest first. */
  readonly #enteredAt: EpochMs[] = [];

  constructor(
    turn: Turn,
    config: BotConfig,
    parts: {
      readonly instrument: Instrument;
      readonly sizing: Sizing;
      readonly risk: BotRisk;
      readonly run: StrategyRun;
    },
  ) {
    this.#turn = turn;
    this.config = config;
    this.instrument = parts.instrument;
    this.sizing = parts.sizing;
    this.risk = parts.risk;
    this.run = parts.run;
  }

  get now(): EpochMs {
    return this.#turn.now;
  }

  get position(): Position {
    const { accountId, instrument } = this.config;
    return (
      findPosition(this.#turn.state, accountId, instrument) ?? flatPosition(accountId, instrument)
    );
  }

  get workingOrders(): readonly Order[] {
    const { accountId, instrument } = this.config;
    return this.#turn.view.ordersOf(accountId).filter((order) => order.instrument === instrument);
  }

  get touch(): Touch {
    return this.#turn.market.touch(this.config.instrument);
  }

  readonly store = {
    get: (key: string): PlainData | undefined => {
      for (const action of this.actions.toReversed()) {
        if (action.kind === "store" && action.key === key) return action.value;
      }
      const store = this.#turn.state.bots.get(this.config.botId)?.store ?? {};
      return Object.hasOwn(store, key) ? store[key] : undefined;
    },
    set: (key: string, value: PlainData): void => {
      this.#ask({ kind: "store", key, value: soundValue(value) });
    },
  };

  readonly signal = (signal: Pick<Signal, "section" | "side" | "numbers">): void => {
    this.#ask({ kind: "signal", signal: soundSignal(signal) });
  };

  readonly enter = (entry: Entry): void => {
    this.#countEntry();
    this.#ask({ kind: "enter", entry: soundEntry(entry) });
  };

  readonly exit = (qty?: Lots): void => {
    this.#ask({ kind: "exit", qty: qty === undefined ? null : soundQty("an exit's qty", qty) });
  };

  readonly cancelEntries = (): void => {
    this.#ask({ kind: "cancelEntries" });
  };

  #countEntry(): void {
    if (this.#enteredAt.length === ENTRIES_PER_MINUTE_MAX) {
      const oldest = this.#enteredAt.shift() ?? this.now;
      if (this.now - oldest < 60_000)
        throw new RangeError(`asked for more than ${ENTRIES_PER_MINUTE_MAX} entries in a minute`);
    }
    this.#enteredAt.push(this.now);
  }

  #ask(action: BotAction): void {
    if (this.actions.length >= ACTIONS_MAX) {
      throw new RangeError(`asked for more than ${ACTIONS_MAX} actions in one callback`);
    }
    this.actions.push(action);
  }
}
