import { type Order, isClosed } from "#core/domain/order.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { decideSnapshot, requestSnapshot } from "#core/orders/reconcile.ts";
import { checkOverdue, decideReport } from "#core/orders/report.ts";
import { changeStanding } from "#core/orders/standing.ts";
import { accountGate } from "#core/risk/account-gate.ts";
import { endLockouts, lock } from "#core/risk/monitor.ts";
import type { Bots } from "#core/strategy/bots.ts";
import type { Task } from "./agenda.ts";
import type { InputEvent } from "./event.ts";
import type { MarketViews } from "./market-views.ts";
import { decideRequest } from "./requests.ts";
import type { Turn } from "./turn.ts";

/** Everything a decision may touch: the turn, the market views and the bots. */
export type Scene = { readonly turn: Turn; readonly views: MarketViews; readonly bots: Bots };

/** How long until what was not sent, and still has to be, is asked for again. */
const WITHHELD_RETRY_MS = 1_000;

/** Decides one input: what it means, as facts, and what is to be done about it, as commands. */
export function decideInput(scene: Scene, event: InputEvent): void {
  const { turn, bots } = scene;
  switch (event.kind) {
    case "sessionOpened":
      turn.emit({ kind: "sessionOpened", config: event.config });
      return resume(scene);
    case "stateSalvaged":
      turn.emit({ kind: "stateSalvaged", state: event.state });
      return resume(scene);
    case "deskStarted":
      return start(turn, event.epoch);
    case "accountFound":
      return identify(turn, event);
    case "contractFound":
      return nameContract(turn, event);
    case "warmupBegan":
      bots.isWarmingUp = true;
      return;
    case "warmupEnded":
      bots.isWarmingUp = false;
      return bots.restored();
    case "requestReceived":
      return decideRequest(turn, event);
    case "orderReported":
      return decideReport(turn, event.report);
    case "accountReported":
      return decideSnapshot(turn, event.snapshot);
    case "standingReported":
      return changeStanding(turn, event);
    case "linkChanged":
      return changeLink(turn, event);
    case "degradedChanged":
      return degrade(turn, event.reason);
    case "timerFired":
      return runDue(turn);
    case "sendWithheld":
      return withhold(turn, event);
    case "botFailed":
      return bots.halt(event.botId, event.reason);
    case "journalChanged":
      return changeJournal(turn, event);
    case "safeModeEntered":
      return enterSafeMode(turn, event.reason);
    case "stopRequested":
      return stop(turn);
  }
}

/** Sets up what is not durable from what is: gates, views, bots. After it a desk is as good as one that never stopped. */
export function resume({ turn, views, bots }: Scene): void {
  const { session } = turn.state;
  if (session === null) return;
  views.open(session.instruments);
  turn.queue.configure(session.queue);
  for (const account of session.accounts) turn.gates.set(account.accountId, accountGate(account));
  for (const bot of session.bots) bots.start(bot, views.of(bot.instrument));
}

/**
 * A process took the session over. What was on its way to the venue when the last one ended may have arrived, so it
 * is unconfirmed; what had not been sent ends; entries wait until the venue has been asked.
 */
function start(turn: Turn, epoch: number): void {
  turn.emit({ kind: "deskStarted", epoch, at: turn.now });
  for (const order of turn.state.openOrders.values()) settleAfterStop(turn, order);
  for (const key of turn.state.unprotected.keys()) restartGrace(turn, key);
  for (const accountId of turn.state.accounts.keys()) {
    const asOf = turn.state.accounts.get(accountId)?.reconciledAt ?? turn.now;
    turn.emit({ kind: "accountReadyChanged", accountId, ready: false, asOf, reason: "started" });
    requestSnapshot(turn, accountId);
    turn.touch(accountId);
  }
  endLockouts(turn);
}

/** A name may come to mean another account, with other money: what a person allowed was meant for the one before. */
function identify(
  turn: Turn,
  { accountId, venueAccount }: Extract<InputEvent, { kind: "accountFound" }>,
): void {
  const account = turn.state.accounts.get(accountId);
  if (account === undefined || account.venueAccount === venueAccount) return;
  turn.emit({ kind: "accountIdentified", accountId, venueAccount, at: turn.now });
  if (account.venueAccount === null) return;
  const [before, by] = [account.venueAccount, "the desk"];
  if (account.arming !== "observe") {
    turn.emit({ kind: "armingChanged", accountId, arming: "observe", by, at: turn.now });
  }
  turn.touch(accountId);
  const text = `${accountId} is number ${venueAccount} at the venue, and this session knew it as ${before}: another account under its name. It is only observed; see what it holds, then arm it with keel arm ${accountId}`;
  turn.alert("critical", "accountChanged", text);
}

function nameContract(
  turn: Turn,
  { at, instrument, venueContract }: Extract<InputEvent, { kind: "contractFound" }>,
): void {
  if (turn.state.contracts.get(instrument) === venueContract) return;
  turn.emit({ kind: "contractIdentified", instrument, venueContract, at });
}

function settleAfterStop(turn: Turn, order: Order): void {
  const { clientOrderId, filledQty: venueFilledQty } = order;
  if (order.status.kind === "queued") {
    const reason = "not sent before the desk stopped";
    turn.emit({ kind: "orderCanceled", clientOrderId, at: turn.now, venueFilledQty, reason });
  } else if (order.status.kind === "inFlight") {
    const reason = "the desk stopped before the answer";
    turn.emit({ kind: "orderUnconfirmed", clientOrderId, at: turn.now, reason });
  }
  if (!isClosed(order)) turn.agenda.set({ kind: "order", clientOrderId }, turn.now);
}

/** Nobody watched while the desk was down: the grace of an unprotected position begins anew. */
function restartGrace(turn: Turn, key: string): void {
  for (const { accountId, instrument } of turn.state.positions.values()) {
    if (`${accountId}/${instrument}` !== key) continue;
    turn.emit({ kind: "protectionChanged", accountId, instrument, unprotectedSince: turn.now });
  }
}

function changeLink(turn: Turn, link: Extract<InputEvent, { kind: "linkChanged" }>): void {
  const problem = link.up ? null : link.reason;
  if (problem !== turn.state.linkProblem) turn.emit({ kind: "linkChanged", problem });
  for (const { accountId, reconciledAt } of turn.state.accounts.values()) {
    const asOf = reconciledAt;
    const reason = link.up
      ? "the link is up again, and the venue is being compared with"
      : `the link is down: ${link.reason}`;
    turn.emit({ kind: "accountReadyChanged", accountId, ready: false, asOf, reason });
    if (link.up) requestSnapshot(turn, accountId);
    turn.touch(accountId);
  }
  if (!link.up) turn.alert("critical", "linkDown", `No entries: ${link.reason}`);
}

function changeJournal(
  turn: Turn,
  { writable, reason }: Extract<InputEvent, { kind: "journalChanged" }>,
): void {
  turn.emit({ kind: "journalWritableChanged", writable, reason });
  if (!writable) turn.alert("critical", "journalNotWritable", `No entries: ${reason}`);
}

function degrade(turn: Turn, reason: string | null): void {
  if (reason === turn.state.degraded) return;
  turn.emit({ kind: "degradedChanged", reason });
  if (reason !== null) return turn.alert("critical", "degraded", `No entries: ${reason}`);
  for (const accountId of turn.state.accounts.keys()) requestSnapshot(turn, accountId);
}

/** Runs everything due, in the order of the deadlines. Each task looks whether there is still something to do. */
function runDue(turn: Turn): void {
  for (
    let task = turn.agenda.takeDue(turn.now);
    task !== undefined;
    task = turn.agenda.takeDue(turn.now)
  ) {
    runTask(turn, task);
  }
}

function runTask(turn: Turn, task: Task): void {
  switch (task.kind) {
    case "order":
      return checkOverdue(turn, task.clientOrderId);
    case "queue":
      for (const accountId of turn.state.accounts.keys()) turn.touch(accountId);
      return;
    case "account":
    case "enforcement":
      return turn.touch(task.accountId);
    case "snapshot":
      return requestSnapshot(turn, task.accountId);
    case "lockouts":
      return endLockouts(turn);
  }
}

/**
 * What was not sent says nothing about the venue: no leg counts as failed by it. What still has to be is asked for
 * again a little later, not at once: the reason will not have gone in this instant.
 */
function withhold(turn: Turn, event: Extract<InputEvent, { kind: "sendWithheld" }>): void {
  const order = turn.state.openOrders.get(event.clientOrderId);
  if (order === undefined) return;
  const { clientOrderId, accountId, filledQty: venueFilledQty, status, change } = order;
  const reason = `not sent: ${event.reason}`;
  const isChange = status.kind === "working" && change?.kind === "modify";
  if (!isChange && status.kind !== "queued" && status.kind !== "inFlight") return;
  if (status.kind === "queued") turn.queue.remove(clientOrderId);
  turn.agenda.drop({ kind: "order", clientOrderId });
  const lookAt = (turn.now + WITHHELD_RETRY_MS) as EpochMs;
  turn.agenda.setEarlier({ kind: "account", accountId }, lookAt);
  if (isChange) return turn.emit({ kind: "modifyRejected", clientOrderId, reason });
  turn.emit({ kind: "orderCanceled", clientOrderId, at: turn.now, venueFilledQty, reason });
}

/** The journal could not be trusted: in doubt every account is locked, and only a person opens it again. */
function enterSafeMode(turn: Turn, reason: string): void {
  turn.emit({ kind: "tradingStateChanged", scope: { kind: "desk" }, state: "halted", reason });
  for (const accountId of turn.state.accounts.keys()) {
    lock(turn, {
      lockoutId: `${accountId}/safeMode/${turn.now}`,
      accountId,
      scope: { kind: "account" },
      rule: "safeMode",
      kind: "hard",
      reason,
      startedAt: turn.now,
      until: null,
    });
  }
  turn.alert(
    "critical",
    "safeMode",
    `Safe mode: ${reason}. Cancel, close and flatten work; nothing else does`,
  );
}

function stop(turn: Turn): void {
  turn.emit({ kind: "deskStopping", at: turn.now });
  for (const accountId of turn.state.accounts.keys()) turn.touch(accountId);
}
