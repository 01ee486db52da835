import { type Command, type VenueCommand, isVenueCommand } from "#core/desk/command.ts";
import type { Desk, Outcome } from "#core/desk/desk.ts";
import { type DeskEvent, isMarketEvent } from "#core/desk/event.ts";
import type { Fact } from "#core/desk/fact.ts";
import type { RequestResult } from "#core/desk/request.ts";
import type { AccountId, ClientOrderId, InstrumentId, RequestId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { TradeRun } from "#core/market/trade-run.ts";
import { JournalDamagedError, JournalWriteError } from "#ports/journal.ts";
import type { Overrun } from "./callback-timer.ts";
import { type PassPoint, passUnseen } from "./crash-point.ts";
import type { Recorder } from "./recorder.ts";
import type { SessionWatch } from "./session-watch.ts";

/** Where released commands go. */
export type Outlets = {
  readonly send: (command: VenueCommand, at: EpochMs) => void;
  readonly reply: (requestId: RequestId, result: RequestResult) => void;
  /** Whether this process still owns the accounts; asked in the same turn as each send. */
  readonly ownsLease: () => boolean;
  /** Bots whose strategy took longer than it may during the last event; absent where they may take their time. */
  readonly takeOverruns?: () => readonly Overrun[];
  readonly passPoint?: PassPoint;
};

type Pending = { readonly at: EpochMs; readonly command: Command };

/**
 * The one way in and out of the desk at run time. Events go in one at a time; commands, facts and replies come out
 * only when the record that holds them is durable. While the journal cannot be written, and once it is damaged, entries
 * are withheld, and what reduces risk goes out all the same (R12).
 */
export class DeskLoop {
  readonly desk: Desk;
  readonly #recorder: Recorder | null;
  readonly #outlets: Outlets;
  readonly #watch: SessionWatch;
  readonly #passPoint: PassPoint;
  readonly #takeOverruns: () => readonly Overrun[];
  #pending: Pending[] = [];
  #facts: { readonly at: EpochMs; readonly fact: Fact }[] = [];
  /** Whether the journal was found to be not what was written: no entries any more, whatever it still takes. */
  #isDamaged = false;
  #isCutTold = false;
  /** When the desk asked to be woken; +Infinity when it did not. */
  timerAt = Number.POSITIVE_INFINITY;

  /** Without a recorder nothing is written down and nothing is hashed. */
  constructor(desk: Desk, recorder: Recorder | null, outlets: Outlets, watch: SessionWatch = {}) {
    this.desk = desk;
    this.#recorder = recorder;
    this.#outlets = outlets;
    this.#watch = watch;
    this.#passPoint = outlets.passPoint ?? passUnseen;
    this.#takeOverruns = outlets.takeOverruns ?? (() => NO_OVERRUNS);
  }

  apply(event: DeskEvent): void {
    this.#applyOne(event);
    const overruns = this.#takeOverruns();
    for (const { botId, reason } of overruns) {
      this.#applyOne({ kind: "botFailed", at: event.at, botId, reason });
    }
  }

  /** Whether trades of an instrument may come as a run: nobody needs to be told of each. */
  takesRuns(instrument: InstrumentId): boolean {
    return this.#recorder?.hasTape !== true && this.desk.takesRuns(instrument);
  }

  /** `apply` for each trade of a run, before anything is due. */
  applyRun(run: TradeRun): void {
    this.desk.applyRun(run);
  }

  /** Whether something waits that the world must not see before it is durable. */
  get hasOutput(): boolean {
    return this.#pending.length > 0;
  }

  /** Does with the journal what only saves time later. That a disk takes no more is a matter of the next commit. */
  tidy(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof JournalWriteError) return;
      if (!(error instanceof JournalDamagedError)) throw error;
      this.#isDamaged = true;
      this.#noteWritable(false, error.message);
    }
  }

  /** Makes everything recorded durable and lets out what waited for it. */
  release(): void {
    let isDurable = this.#commit();
    while (this.#pending.length > 0) {
      const released = this.#pending;
      this.#pending = [];
      for (const { at, command } of released) this.#dispatch(at, command, isDurable);
      isDurable = this.#commit();
    }
    this.#tell();
  }

  #applyOne(event: DeskEvent): void {
    const outcome = this.desk.apply(event);
    if (isMarketEvent(event)) {
      this.#recorder?.tape(outcome.seq, event);
      if (outcome.facts.length === 0 && outcome.commands.length === 0) return;
    }
    this.#recorder?.journal(event, outcome);
    this.#take(event.at, outcome);
  }

  #take(at: EpochMs, outcome: Outcome): void {
    for (const fact of outcome.facts) this.#facts.push({ at, fact });
    for (const command of outcome.commands) {
      if (command.kind === "setTimer") this.timerAt = command.dueAt;
      else this.#pending.push({ at, command });
    }
  }

  /** A full disk must not stop a close: the desk is told, and goes on with what reduces risk. */
  #commit(): boolean {
    if (this.#pending.length > 0) this.#passPoint("afterApplyBeforeCommit");
    try {
      this.#recorder?.commit();
    } catch (error) {
      if (error instanceof JournalDamagedError) this.#isDamaged = true;
      else if (!(error instanceof JournalWriteError)) throw error;
      this.#noteWritable(false, error.message);
      this.#noteCut();
      return false;
    }
    if (!this.#isDamaged) this.#noteWritable(true, "the journal can be written again");
    return true;
  }

  #noteWritable(writable: boolean, reason: string): void {
    if (writable === this.desk.state.journalWritable) return;
    this.apply({ kind: "journalChanged", at: this.desk.now, writable, reason });
  }

  /** Worse than a full disk, which mends itself: this one needs a person, who is told once more. */
  #noteCut(): void {
    const cut = this.#recorder?.cut ?? null;
    if (cut === null || this.#isCutTold) return;
    this.#isCutTold = true;
    this.apply({ kind: "journalChanged", at: this.desk.now, writable: false, reason: cut.message });
  }

  #dispatch(at: EpochMs, command: Command, isDurable: boolean): void {
    if (command.kind === "alert") return this.#watch.onAlert?.(command, at);
    if (command.kind === "reply") return this.#reply(command, isDurable);
    if (!isVenueCommand(command)) return;
    const refusal = this.#refusal(command, isDurable);
    if (refusal === undefined) return this.#send(at, command);
    if (command.kind !== "submitOrder" && command.kind !== "modifyOrder") return;
    this.#withhold(command.clientOrderId, refusal);
  }

  #withhold(clientOrderId: ClientOrderId, reason: string): void {
    this.apply({ kind: "sendWithheld", at: this.desk.now, clientOrderId, reason });
  }

  #send(at: EpochMs, command: VenueCommand): void {
    if (command.kind === "requestSnapshot") return this.#outlets.send(command, at);
    this.#passPoint("afterCommitBeforeSend");
    if (isStopLeg(command)) this.#passPoint("betweenFillAndStop");
    this.#outlets.send(command, at);
    this.#passPoint("afterSendBeforeAnswer");
    if (this.#isFlattening(command.accountId)) this.#passPoint("duringFlatten");
  }

  #isFlattening(id: AccountId): boolean {
    for (const { accountId, instrument } of this.desk.state.enforcements.values()) {
      if (accountId === id && instrument === null) return true;
    }
    return false;
  }

  /**
   * Accepted means durable. Without a journal only what reduces risk is accepted all the same: it goes out now and is
   * recorded when it can be.
   */
  #reply({ requestId, result }: Extract<Command, { kind: "reply" }>, isDurable: boolean): void {
    const { openOrders } = this.desk.state;
    const orders = result.kind === "accepted" ? result.clientOrderIds : [];
    const entries = orders.filter((id) => openOrders.get(id)?.reduceOnly === false);
    if (isDurable || entries.length === 0) return this.#outlets.reply(requestId, result);
    const reason = "the journal cannot be written, so nothing is entered; make room on the disk";
    // What still waits in the queue must not go out later, after this answer.
    for (const id of entries) {
      if (openOrders.get(id)?.status.kind === "queued") this.#withhold(id, reason);
    }
    this.#outlets.reply(requestId, { kind: "impossible", reason });
  }

  /** Why a command may not go out after all. */
  #refusal(command: VenueCommand, isDurable: boolean): string | undefined {
    if (!this.#outlets.ownsLease()) return "another process owns the accounts";
    if (command.kind === "requestSnapshot") return undefined;
    const { accounts } = this.desk.state;
    // It may have been taken back since this was decided; what that asked for itself went out before it took effect.
    if (accounts.get(command.accountId)?.arming === "observe") return "notArmed";
    if (command.kind === "cancelOrder") return undefined;
    const isEntry = this.desk.state.openOrders.get(command.clientOrderId)?.reduceOnly === false;
    if (command.kind === "modifyOrder" && !isEntry) return undefined;
    if (!isDurable && isEntry) return "the journal cannot be written";
    return this.desk.maySend(command.clientOrderId);
  }

  #tell(): void {
    const facts = this.#facts;
    this.#facts = [];
    for (const { at, fact } of facts) this.#watch.onFact?.(fact, at);
  }
}

const NO_OVERRUNS: readonly Overrun[] = [];

function isStopLeg(command: VenueCommand): boolean {
  return command.kind === "submitOrder" && command.reduceOnly && command.terms.type === "stop";
}
