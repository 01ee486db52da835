import { setTimeout as sleep } from "node:timers/promises";
import type { VenueHoldings } from "#ports/venue-lines.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { DeskAsker } from "./desk-asker.ts";
import type { Observer } from "./observer.ts";

/** At this pace next to nothing trades, and what is on its way arrives within a tenth of a second. */
const REST_SPEED = 1;
/** How long a desk at rest is given to answer everything before time is let pass for its own time-outs. */
const REST_MS = 1_000;
const BETWEEN_LOOKS_MS = 15;
const PATIENCE_MS = 30_000;

export type AtRest = {
  /** Where desk and venue do not say the same; empty when they agree. */
  readonly differences: readonly string[];
  readonly status: DeskStatus;
};

export type RestParts = {
  readonly asker: DeskAsker;
  readonly observer: Observer;
  /** The pace of the market between rests. */
  readonly speed: number;
};

/** Slows the market down until nothing is on its way, and compares. Undefined when the desk ends meanwhile. */
export async function compareAtRest(parts: RestParts): Promise<AtRest | undefined> {
  const { asker, observer, speed } = parts;
  const untilMs = performance.now() + PATIENCE_MS;
  try {
    for (;;) {
      await observer.setSpeed(REST_SPEED);
      const found = await lookWhileAtRest(asker, observer);
      if (found === undefined || found.differences.length === 0) return found;
      if (performance.now() > untilMs) return found;
      // What waits for a time-out of the desk waits in market time.
      await observer.setSpeed(speed);
      await sleep(500);
    }
  } finally {
    await observer.setSpeed(speed);
  }
}

async function lookWhileAtRest(asker: DeskAsker, observer: Observer): Promise<AtRest | undefined> {
  const untilMs = performance.now() + REST_MS;
  for (;;) {
    const holdings = await observer.holdings();
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
