import { expect, test } from "vitest";
import type { Order } from "#core/domain/order.ts";
import type { ConnectVenue } from "#ports/venue.ts";
import { AttachedDesk } from "#test/kit/attached-desk.ts";
import { ACCOUNT, OPENING, aBracket, anEntry, limitAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";
import { type TestLink, linkTo } from "#test/kit/projectx-link.ts";

// A whole desk over the link: what it holds in the end is what the venue holds.

const ROWS = Array.from({ length: 600 }, (_, second) => ({
  at: OPENING + second * 1_000 + 1,
  price: [26_500, 26_501] as const,
}));

test("an order of a person fills, its legs work at the venue, and a flatten leaves nothing", async () => {
  const { desk, gateway } = await deskOver();
  await desk.ready();

  await desk.ask(anEntry({ bracket: aBracket(20, 40) }));
  await desk.until("the legs", ({ orders }) => orders.length === 2 && orders.every(isWorking));
  const held = await holdings(gateway);
  await desk.ask({ kind: "flatten", accountId: ACCOUNT });
  await desk.until("flat", ({ orders, positions }) => {
    return orders.length === 0 && positions.every(({ position }) => position.qty === 0);
  });
  const left = await holdings(gateway);

  expect(held.positions).toMatchObject([{ type: 1, size: 1 }]);
  expect(
    held.working.map(({ customTag, stopPrice, limitPrice }) => [
      customTag,
      stopPrice ?? limitPrice,
    ]),
  ).toEqual([
    ["k1-2", 2_648.1],
    ["k1-3", 2_654.1],
  ]);
  expect([left.positions, left.working]).toEqual([[], []]);
  expect(left.orders.every(({ received }) => received === 1)).toBe(true);
});

test("R3, R5: a lost answer is looked up by its tag, and the order is sent once", async () => {
  const { desk, gateway } = await deskOver();
  await desk.ready();

  await gateway.fault("lostAnswer", { operation: "Order/place", count: 1 });
  await desk.ask(anEntry({ terms: limitAt(26_400) }));
  const { orders } = await desk.until("the answer", (status) => status.orders.some(isWorking));

  expect(orders).toMatchObject([{ clientOrderId: "k1-1", status: { kind: "working" } }]);
  expect((await holdings(gateway)).orders).toMatchObject([{ customTag: "k1-1", received: 1 }]);
});

test("R10: fills while both hubs are cut are found, and the position is protected", async () => {
  const { desk, gateway } = await deskOver();
  await desk.ready();

  await gateway.fault("refusedHub", { durationMs: 300 });
  await gateway.fault("hubCut");
  await eventually("the link to be down", async () => {
    const { accounts } = await desk.status();
    return accounts.every(({ ready }) => !ready);
  });
  await desk.ready();
  await gateway.fault("silentFeed", { hub: "user", event: "GatewayUserTrade", count: 1 });
  await desk.ask(anEntry({ bracket: aBracket(20, 40) }));
  await desk.until("the legs", ({ orders }) => orders.length === 2 && orders.every(isWorking));

  const { positions, working } = await holdings(gateway);
  expect(positions).toMatchObject([{ type: 1, size: 1 }]);
  expect(working).toHaveLength(2);
});

test("R14: what was traded elsewhere is adopted", async () => {
  const { desk, link } = await deskOver();
  await desk.ready();
  const order = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT, size: 2 };

  await link()
    .outsider()
    .post("Order/place", { ...order, type: 2, side: 1 });
  await link()
    .outsider()
    .post("Order/place", { ...order, type: 1, side: 0, limitPrice: 2_640 });
  const status = await desk.until("both", ({ orders, positions }) => {
    return orders.length > 0 && positions.some(({ position }) => position.qty === -2);
  });

  expect(status.orders).toMatchObject([{ source: { kind: "external" }, side: "buy", qty: 2 }]);
});

async function deskOver() {
  const { url } = await practiceGateway({ rows: ROWS, speed: 10 });
  let link: TestLink | undefined;
  const connectVenue: ConnectVenue = (address, onFeed) => {
    link = linkTo(address, { onFeed });
    return link.link;
  };
  const desk = new AttachedDesk({ venue: url, rows: ROWS, connectVenue });
  const made = () => {
    if (link === undefined) throw new Error("Expected the desk to have connected");
    return link;
  };
  return { desk, gateway: new GatewayClient(url), link: made };
}

type GatewayOrder = {
  readonly customTag: string | null;
  readonly stopPrice?: number;
  readonly limitPrice?: number;
  readonly received: number;
};

async function holdings(gateway: GatewayClient) {
  const { body } = await gateway.send("/practice/holdings");
  return body as {
    readonly positions: readonly object[];
    readonly working: readonly GatewayOrder[];
    readonly orders: readonly GatewayOrder[];
  };
}

function isWorking({ status }: Order): boolean {
  return status.kind === "working";
}
