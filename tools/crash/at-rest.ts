import { setTimeout as sleep } from "node:timers/promises";
import type { VenueHoldings } from "#ports/venue-lines.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { DeskAsker } from "./desk-asker.ts";
import type { VenueEye } from "./venue-eye.ts";

/** At this pace next to nothing trades, and what is on its way arrives within a tenth of a second. */
const REST_SPEED = 1;
/** How long a desk at rest is given to answer everything before time is let pass for its own time-outs. */
const REST_MS = 1_000;
/** How long the market goes on at its pace while an order is unconfirmed. */
const ANSWERED_MS = 3_000;
const BETWEEN_LOOKS_MS = 15;
const PATIENCE_MS = 30_000;

export type AtRest = {
  /** Where desk and venue do not say the same; empty when they agree. */
  readonly differences: readonly string[];
  readonly status: DeskStatus;
};

export type RestParts = {
  readonly asker: DeskAsker;
  readonly eye: VenueEye;
  /** The pace of the market between rests. */
  readonly speed: number;
};

/** Slows the market down until nothing is on its way, and compares. Undefined when the desk ends meanwhile. */
export async function compareAtRest(parts: RestParts): Promise<AtRest | undefined> {
  const { asker, eye, speed } = parts;
  const untilMs = performance.now() + PATIENCE_MS;
  await untilAnswered(asker);
  try {
    for (;;) {
      await eye.setSpeed(REST_SPEED);
      const found = await lookWhileAtRest(asker, eye);
      if (found === undefined || found.differences.length === 0) return found;
      if (performance.now() > untilMs) return found;
      // What waits for a time-out of the desk waits in market time.
      await eye.setSpeed(speed);
      await sleep(500);
    }
  } finally {
    await eye.setSpeed(speed);
  }
}

/** Lets time pass for a desk that has to wait for it before it knows what became of an order. */
async function untilAnswered(asker: DeskAsker): Promise<void> {
  const untilMs = performance.now() + ANSWERED_MS;
  while (performance.now() < untilMs) {
    const orders = (await asker.status())?.orders ?? [];
    if (!orders.some(({ status }) => status.kind === "unconfirmed")) return;
    await sleep(BETWEEN_LOOKS_MS);
  }
}

async function lookWhileAtRest(asker: DeskAsker, eye: VenueEye): Promise<AtRest | undefined> {
  const untilMs = performance.now() + REST_MS;
  for (;;) {
    const holdings = await eye.holdings();
    const status = await asker.status();
    if (status === undefined) return undefined;
    const differences = [...unsettled(status), ...differencesOf(status, holdings)];
    if (differences.length === 0 || performance.now() > untilMs) return { differences, status };
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** What the desk itself still waits for. */
function unsettled({ accounts, orders, enforcements }: DeskStatus): readonly string[] {
  return [
    ...accounts.filter(({ ready }) => !ready).map(({ accountId }) => `${accountId} is not ready`),
    ...orders
      .filter(({ status, change }) => status.kind !== "working" || change !== null)
      .map(({ clientOrderId, status }) => `${clientOrderId} is ${status.kind} or being changed`),
    ...enforcements.map(({ enforcementId, stage }) => `${enforcementId} is at ${stage}`),
  ];
}

export function differencesOf(status: DeskStatus, holdings: VenueHoldings): readonly string[] {
  const ours = new Map<string, string>();
  for (const { position } of status.positions) {
    ours.set(`${position.accountId} ${position.instrument}`, String(position.qty));
  }
  for (const order of status.orders) {
    if (order.status.kind !== "working") continue;
    ours.set(`order ${order.clientOrderId}`, `${order.side} ${order.filledQty}/${order.qty}`);
  }
  const theirs = new Map<string, string>();
  for (const { accountId, instrument, qty } of holdings.positions) {
    theirs.set(`${accountId} ${instrument}`, String(qty));
  }
  for (const { clientOrderId, venueOrderId, side, qty, filledQty } of holdings.working) {
    theirs.set(`order ${clientOrderId ?? venueOrderId}`, `${side} ${filledQty}/${qty}`);
  }
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((key) => ours.get(key) !== theirs.get(key))
    .map((key) => `${key}: the desk has ${ours.get(key)}, the venue ${theirs.get(key)}`);
}
