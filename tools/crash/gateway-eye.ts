import { setTimeout as sleep } from "node:timers/promises";
import { accountId, clientOrderId, instrumentId, venueOrderId } from "#core/domain/ids.ts";
import { epochMs, lots, signedLots } from "#core/domain/units.ts";
import type { VenueHoldings, VenueOrders } from "#ports/venue-lines.ts";
import type { Held } from "./cover-book.ts";
import { CoverWatch } from "./cover-watch.ts";
import type { VenueKill } from "./schedule.ts";
import type { VenueEye } from "./venue-eye.ts";

/** Everything is asked for again until the gateway is back; longer means that it does not come back. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 50;
const SUSPENDED = 8;
const STOP = 4;

type OrderRow = {
  readonly id: number;
  readonly accountId: number;
  readonly contractId: string;
  readonly creationTimestamp: string;
  readonly status: number;
  readonly type: number;
  readonly side: 0 | 1;
  readonly size: number;
  readonly fillVolume: number;
  readonly customTag: string | null;
  readonly parentOrderId?: number;
};

/** What `GET /practice/holdings` tells. */
export type GatewayHoldings = {
  readonly now: string;
  readonly accounts: readonly { readonly id: number; readonly name: string }[];
  readonly positions: readonly {
    readonly accountId: number;
    readonly contractId: string;
    readonly type: number;
    readonly size: number;
  }[];
  readonly working: readonly OrderRow[];
  readonly orders: readonly (OrderRow & { readonly received: number })[];
  readonly fills: number;
};

/** Looks into a practice gateway, and restarts it. */
export class GatewayEye implements VenueEye {
  readonly cover: CoverWatch;
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
    this.cover = new CoverWatch(async () => {
      const found = (await this.#try("holdings?orders=working")) as GatewayHoldings | null;
      return found === null ? null : { at: found.now, held: heldAt(found) };
    });
  }

  /** Throws when nobody is there. */
  static async connect(url: string): Promise<GatewayEye> {
    const eye = new GatewayEye(url);
    if ((await eye.#try("time")) === null) throw new Error(`Nobody answers at ${url}`);
    eye.cover.start();
    return eye;
  }

  async holdings(): Promise<VenueHoldings> {
    return holdingsOf((await this.#ask("holdings?orders=working")) as GatewayHoldings);
  }

  async orders(): Promise<VenueOrders> {
    return ordersOf((await this.#ask("holdings")) as GatewayHoldings);
  }

  async setSpeed(speed: number): Promise<void> {
    await this.#ask("time", { speed });
  }

  readonly restart = async ({ keepSessions, downMs }: VenueKill): Promise<void> => {
    // The connection that brought this ends like all others, so there is no answer to wait for.
    await this.#try("faults", { kind: "restart", keepOrders: true, keepSessions, downMs });
  };

  close(): void {
    void this.cover.close();
  }

  async #ask(path: string, body?: object): Promise<unknown> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await this.#try(path, body);
      if (found !== null) return found;
      if (performance.now() > untilMs) throw new Error(`The gateway does not answer ${path}`);
      await sleep(AGAIN_MS);
    }
  }

  /** Null when the gateway cannot be reached, or went while it answered. */
  async #try(path: string, body?: object): Promise<unknown> {
    const init =
      body === undefined
        ? {}
        : {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          };
    try {
      const answer = await fetch(`${this.#url}/practice/${path}`, init);
      if (answer.ok) return await answer.json();
      throw new RangeError(`Expected /practice/${path} to be done, found ${await answer.text()}`);
    } catch (error) {
      // What fetch throws when a connection fails; what it throws of an answer is for us to fix.
      if (error instanceof TypeError) return null;
      throw error;
    }
  }
}

export function holdingsOf({ now, accounts, positions, working }: GatewayHoldings): VenueHoldings {
  const nameOf = namesOf(accounts);
  return {
    kind: "holdings",
    now: epochMs(Date.parse(now)),
    positions: positions.map((position) => ({
      accountId: nameOf(position.accountId),
      instrument: instrumentOf(position.contractId),
      qty: signedLots(signedSize(position)),
    })),
    // Legs that wait for their entry protect nothing yet, and no desk counts them.
    working: working
      .filter(({ status }) => status !== SUSPENDED)
      .map(({ id, accountId: account, customTag, side, size, fillVolume }) => ({
        accountId: nameOf(account),
        clientOrderId: customTag === null ? null : clientOrderId(customTag),
        venueOrderId: venueOrderId(String(id)),
        side: side === 0 ? "buy" : "sell",
        qty: lots(size),
        filledQty: lots(fillVolume),
      })),
  };
}

/** Legs of the venue's own making were not sent by anybody. */
export function ordersOf({ accounts, orders, fills }: GatewayHoldings): VenueOrders {
  const nameOf = namesOf(accounts);
  return {
    kind: "orders",
    orders: orders.flatMap(
      ({ accountId: account, customTag, parentOrderId, creationTimestamp, received, status }) =>
        customTag === null || parentOrderId !== undefined
          ? []
          : {
              accountId: nameOf(account),
              clientOrderId: clientOrderId(customTag),
              received,
              receivedAt: epochMs(Date.parse(creationTimestamp)),
              taken: status !== 5,
            },
    ),
    fills,
  };
}

/** Positions with the stops that work for them. */
export function heldAt({ accounts, positions, working }: GatewayHoldings): Map<string, Held> {
  const nameOf = namesOf(accounts);
  return new Map(
    positions.map((position) => {
      const { accountId: account, contractId } = position;
      const stops = working.filter(
        (order) =>
          order.accountId === account &&
          order.contractId === contractId &&
          order.type === STOP &&
          order.status !== SUSPENDED,
      );
      const lotsOf = (side: 0 | 1): number =>
        stops
          .filter((order) => order.side === side)
          .reduce((sum, { size, fillVolume }) => sum + size - fillVolume, 0);
      const held = { qty: signedSize(position), stopsSell: lotsOf(1), stopsBuy: lotsOf(0) };
      return [`${nameOf(account)} ${instrumentOf(contractId)}`, held];
    }),
  );
}

function namesOf(accounts: GatewayHoldings["accounts"]) {
  const names = new Map(accounts.map(({ id, name }) => [id, accountId(name)]));
  return (id: number) => names.get(id) ?? accountId(String(id));
}

function signedSize({ type, size }: GatewayHoldings["positions"][number]): number {
  return type === 1 ? size : -size;
}

/** `CON.F.US.MGC.Z13` is what the desk calls `MGC`. */
function instrumentOf(contractId: string) {
  return instrumentId(contractId.split(".").at(-2) ?? contractId);
}
