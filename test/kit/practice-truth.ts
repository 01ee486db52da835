import { absLots, closingSide } from "#core/domain/position.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { eventually } from "./eventually.ts";
import type { GatewayClient, Holdings } from "./gateway-client.ts";
import { type GatewayDesk, isWorking } from "./gateway-desk.ts";

/** What desk and gateway hold, in the same words: lots with their sign, and the numbers of working orders. */
export type Truth = { readonly positions: readonly number[]; readonly working: readonly string[] };

/**
 * Waits until the desk is ready and nothing is under way, desk and gateway hold the same, and every position has as
 * much stop as lots. Fails when an intent has become two orders.
 */
export async function agreement(desk: GatewayDesk, gateway: GatewayClient): Promise<Truth> {
  const found = { differ: "nothing was asked yet" };
  const truth = await eventually(
    "desk and gateway to agree",
    async () => {
      const status = await desk.status();
      const held = await gateway.holdings().catch(nobodyThere);
      if (held === undefined) return undefined;
      const [ours, theirs] = [ofDesk(status), ofGateway(held)];
      found.differ = JSON.stringify({ ours, theirs, rests: rests(status) });
      const isSame = JSON.stringify(ours) === JSON.stringify(theirs);
      return isSame && rests(status) && isCovered(status) && theirs;
    },
    30_000,
  ).catch((error: unknown) => {
    throw new Error(found.differ, { cause: error });
  });
  await oneOrderEach(desk, gateway);
  return truth;
}

/** A gateway that restarts. */
function nobodyThere(error: unknown): undefined {
  if (!(error instanceof TypeError)) throw error;
}

function rests({ accounts, orders, enforcements }: DeskStatus): boolean {
  const isReady = accounts.every(({ ready }) => ready);
  return isReady && enforcements.length === 0 && orders.every(isWorking);
}

function ofDesk({ positions, orders }: DeskStatus): Truth {
  return {
    positions: positions.map(({ position }) => position.qty as number).filter((qty) => qty !== 0),
    working: orders.map(({ venueOrderId }) => String(venueOrderId)).toSorted(),
  };
}

function ofGateway({ positions, working }: Holdings): Truth {
  return {
    positions: positions.map(({ type, size }) => (type === 1 ? size : -size)),
    working: working.map(({ id }) => String(id)).toSorted(),
  };
}

function isCovered({ positions, orders }: DeskStatus): boolean {
  return positions.every(({ position }) => {
    const stops = orders.filter(
      ({ instrument, side, terms }) =>
        instrument === position.instrument &&
        terms.type === "stop" &&
        side === closingSide(position.qty),
    );
    return stops.reduce((sum, { qty }) => sum + qty, 0) >= absLots(position.qty);
  });
}

/** R2: an id of ours is of one order, was received once, and is one that the desk has approved. */
async function oneOrderEach(desk: GatewayDesk, gateway: GatewayClient): Promise<void> {
  const { orders } = await gateway.holdings();
  const tags = orders.flatMap(({ customTag }) => (customTag === null ? [] : [customTag]));
  const ours = tags.filter((tag) => /^k[0-9a-z]+-[0-9a-z]+$/u.test(tag));
  const approved = new Set(
    desk
      .recorded()
      .flatMap(({ facts }) => facts)
      .flatMap((fact) => (fact.kind === "orderApproved" ? [String(fact.order.clientOrderId)] : [])),
  );
  const doubled = orders.filter(({ received }) => received > 1).map(({ customTag }) => customTag);
  const strange = ours.filter((tag) => !approved.has(tag));
  if (new Set(tags).size === tags.length && doubled.length + strange.length === 0) return;
  throw new Error(`Expected one order for each intent, found ${JSON.stringify({ tags, doubled })}`);
}
