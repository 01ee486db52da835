import type { AccountId, ClientOrderId } from "#core/domain/ids.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { OrderQueue } from "#core/orders/queue.ts";
import type { AccountGate } from "#core/risk/account-gate.ts";
import { type MarketReader, RiskView } from "#core/risk/risk-view.ts";
import { Agenda } from "./agenda.ts";
import type { Command } from "./command.ts";
import { evolve } from "./evolve.ts";
import type { Fact } from "./fact.ts";
import type { DeskState } from "./state.ts";

/**
 * What the deciders of one event share: the state they read, the facts they emit and the commands they ask for.
 * A fact is folded as it is emitted, so whatever is decided later in the same event sees it.
 */
export class Turn {
  readonly state: DeskState;
  readonly view: RiskView;
  readonly market: MarketReader;
  readonly queue: OrderQueue;
  readonly agenda = new Agenda();
  readonly gates = new Map<AccountId, AccountGate>();
  readonly facts: Fact[] = [];
  readonly commands: Command[] = [];
  /** Accounts that something happened to and that have not been settled since. */
  readonly touched = new Set<AccountId>();

  constructor(state: DeskState, market: MarketReader, queue: OrderQueue) {
    this.state = state;
    this.market = market;
    this.queue = queue;
    this.view = new RiskView(state, market);
  }

  get now(): EpochMs {
    return this.view.now;
  }

  begin(at: EpochMs): void {
    this.view.now = at;
    if (this.facts.length > 0) this.facts.length = 0;
    if (this.commands.length > 0) this.commands.length = 0;
  }

  emit(fact: Fact): void {
    evolve(this.state, fact);
    this.facts.push(fact);
  }

  ask(command: Command): void {
    this.commands.push(command);
  }

  touch(accountId: AccountId): void {
    this.touched.add(accountId);
  }

  alert(severity: "info" | "warning" | "critical", code: string, text: string): void {
    this.ask({ kind: "alert", severity, code, text });
  }

  /** Ours for ever (R2): the epoch tells which process made it, the number comes from durable state (R15). */
  nextOrderId(): ClientOrderId {
    const { epoch, nextOrderNumber } = this.state;
    return clientOrderId(`k${epoch.toString(36)}-${nextOrderNumber.toString(36)}`);
  }
}
