import type { AccountId, ClientOrderId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";

/** Something to look at again at a given instant. Looking finds out from the state whether there is anything to do. */
export type Task =
  | { readonly kind: "order"; readonly clientOrderId: ClientOrderId }
  | { readonly kind: "queue" }
  | { readonly kind: "account"; readonly accountId: AccountId }
  | { readonly kind: "enforcement"; readonly accountId: AccountId }
  | { readonly kind: "snapshot"; readonly accountId: AccountId }
  | { readonly kind: "lockouts" };

type Entry = { readonly dueAt: EpochMs; readonly task: Task };

/**
 * Deadlines of the desk, one per subject. It holds no truth: after a restart it is filled again from the state.
 * Bounded by the open orders and the accounts.
 */
export class Agenda {
  readonly #entries = new Map<string, Entry>();
  #earliest = Number.POSITIVE_INFINITY;

  /** The next deadline; +Infinity when there is none. */
  get dueAt(): number {
    return this.#earliest;
  }

  /** Sets or moves the deadline of a subject. */
  set(task: Task, dueAt: EpochMs): void {
    const key = keyOf(task);
    const known = this.#entries.get(key);
    this.#entries.set(key, { dueAt, task });
    if (known !== undefined && known.dueAt === this.#earliest) this.#refresh();
    else if (dueAt < this.#earliest) this.#earliest = dueAt;
  }

  /** Sets the deadline only if the subject has none that is earlier. */
  setEarlier(task: Task, dueAt: EpochMs): void {
    const known = this.#entries.get(keyOf(task));
    if (known === undefined || dueAt < known.dueAt) this.set(task, dueAt);
  }

  drop(task: Task): void {
    const key = keyOf(task);
    const known = this.#entries.get(key);
    if (known === undefined) return;
    this.#entries.delete(key);
    if (known.dueAt === this.#earliest) this.#refresh();
  }

  /** Removes and returns the earliest task due at or before `now`; ties in order of their setting. */
  takeDue(now: EpochMs): Task | undefined {
    if (this.#earliest > now) return undefined;
    for (const [key, entry] of this.#entries) {
      if (entry.dueAt !== this.#earliest) continue;
      this.#entries.delete(key);
      this.#refresh();
      return entry.task;
    }
    return undefined;
  }

  #refresh(): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#entries.values()) {
      if (dueAt < earliest) earliest = dueAt;
    }
    this.#earliest = earliest;
  }
}

function keyOf(task: Task): string {
  switch (task.kind) {
    case "order":
      return `order/${task.clientOrderId}`;
    case "queue":
    case "lockouts":
      return task.kind;
    case "account":
    case "enforcement":
    case "snapshot":
      return `${task.kind}/${task.accountId}`;
  }
}
