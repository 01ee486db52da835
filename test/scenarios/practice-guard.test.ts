import { describe, expect, test } from "vitest";
import { instrumentsOf } from "#cli/fact-lines.ts";
import { aimText } from "#cli/order-aim.ts";
import { heldLines } from "#cli/session-text.ts";
import type { AccountConfig } from "#core/desk/config.ts";
import { GOLD, OPENING } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";

// An account that is traded on the web page of the firm, and guarded by a desk that trades nothing itself.

const ROWS = Array.from({ length: 600 }, (_, second) => ({
  at: OPENING + second * 1_000 + 1,
  price: [26_500, 26_501] as const,
}));
const CONTRACT = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT };
const BUY = { ...CONTRACT, type: 2, side: 0 };
const SELL = { ...CONTRACT, type: 2, side: 1 };
const BID = { ...CONTRACT, type: 1, side: 0, size: 1, limitPrice: 2_640 };

describe("a guarded account that is traded elsewhere", () => {
  test("RULE-001: is taken back to its contracts", async () => {
    const { desk, gateway } = await guardWith({ max_contracts: { limit: 2 } });

    await desk.outsider().post("Order/place", { ...BUY, size: 5 });
    await desk.until("two lots", holds(2));

    const { incidents, orders } = await desk.status();
    expect(incidents).toMatchObject([{ kind: "breach", breach: { rule: "RULE-001", value: 5 } }]);
    expect(orders).toEqual([]);
    expect(await heldAt(gateway)).toEqual([2]);
  });

  test("RULE-002: is taken back to its contracts of a product", async () => {
    const rules = { max_contracts_per_instrument: { limits: { MGC: 1 } } };
    const { desk, gateway } = await guardWith(rules);

    await desk.outsider().post("Order/place", { ...SELL, size: 4 });
    await desk.until("one lot", holds(-1));

    const { incidents } = await desk.status();
    expect(incidents).toMatchObject([{ kind: "breach", breach: { rule: "RULE-002", value: 4 } }]);
    expect(await heldAt(gateway)).toEqual([1]);
  });

  test("RULE-003: is flattened when the day's loss is reached, and stays locked", async () => {
    const { desk, gateway, folder } = await guardWith({ daily_realized_loss: { limit: 3 } });
    const outsider = desk.outsider();
    await outsider.post("Order/place", { ...BUY, size: 3 });
    await desk.until("three lots", holds(3));
    await outsider.post("Order/place", BID);
    await desk.working(1);

    await outsider.post("Order/place", { ...SELL, size: 2 });
    const { lockouts } = await lockedAndFlat(desk);
    expect(lockouts).toMatchObject([{ rule: "RULE-003", until: END_OF_DAY }]);
    expect(await nothingAt(gateway)).toEqual([[], []]);

    await outsider.post("Order/place", { ...BUY, size: 1 });
    await outsider.post("Order/place", BID);
    await untilNothingAt(gateway);
    expect((await lockedAndFlat(desk)).lockouts).toHaveLength(1);

    await desk.stop();
    const again = new GatewayDesk(gateway.url, {
      account: { arming: "guard", rules: { daily_realized_loss: { limit: 3 } } },
      dataFolder: folder,
    });
    await again.ready();
    await again.outsider().post("Order/place", { ...SELL, size: 2 });
    await again.outsider().post("Order/place", BID);
    await untilNothingAt(gateway);
    expect((await lockedAndFlat(again)).lockouts).toEqual(lockouts);
  });

  test("RULE-003: what was bought while the desk was away is closed when it comes back", async () => {
    const rules = { daily_realized_loss: { limit: 3 } };
    const { desk, gateway, folder } = await guardWith(rules);
    await desk.outsider().post("Order/place", { ...BUY, size: 3 });
    await desk.until("three lots", holds(3));
    await desk.outsider().post("Order/place", { ...SELL, size: 2 });
    await lockedAndFlat(desk);
    await desk.stop();

    const web = await GatewayClient.loggedIn(gateway.url);
    await web.post("Order/place", { ...BUY, size: 2 });
    await web.post("Order/place", BID);
    const again = new GatewayDesk(gateway.url, {
      account: { arming: "guard", rules },
      dataFolder: folder,
    });

    await untilNothingAt(gateway);
    expect((await lockedAndFlat(again)).lockouts).toMatchObject([{ rule: "RULE-003" }]);
  });

  test("RULE-008: loses a position that has no stop when its grace is over", async () => {
    const { desk, gateway } = await guardWith({ no_stop_loss_grace: { grace: "2s" } });
    const outsider = desk.outsider();

    await outsider.post("Order/place", { ...BUY, size: 2 });
    await desk.until("two lots", holds(2));
    await desk.flat();

    expect((await desk.status()).incidents).toMatchObject([
      { kind: "breach", breach: { rule: "RULE-008", limit: 2_000 } },
    ]);
    expect(await nothingAt(gateway)).toEqual([[], []]);
  });

  test("RULE-008: keeps a position that the outsider has protected in time", async () => {
    const { desk, gateway } = await guardWith({ no_stop_loss_grace: { grace: "5s" } });
    const outsider = desk.outsider();

    await outsider.post("Order/place", { ...BUY, size: 2 });
    await outsider.post("Order/place", {
      ...CONTRACT,
      type: 4,
      side: 1,
      size: 2,
      stopPrice: 2_640,
    });
    const { at } = await desk.working(1);
    await desk.until("the end of the grace", (status) => status.at > at + 6_000);

    expect((await desk.status()).incidents).toEqual([]);
    expect(await heldAt(gateway)).toEqual([2]);
  });

  test("keeps the stop of the outsider when the desk stops, and the end says what it is", async () => {
    const { desk, gateway } = await guardWith({});
    const outsider = desk.outsider();
    await outsider.post("Order/place", { ...BUY, size: 2 });
    await desk.until("two lots", holds(2));
    await outsider.post("Order/place", {
      ...CONTRACT,
      type: 4,
      side: 1,
      size: 2,
      stopPrice: 2_640,
    });
    const status = await desk.working(1);

    const { held } = await desk.stop();

    const [order] = status.orders;
    const positions = status.positions.map(({ position }) => position);
    expect(order && aimText(order, positions)).toBe("stop loss, elsewhere");
    expect(heldLines(held, instrumentsOf([GOLD])).at(-1)).toContain(
      "sell 2 stop 2640.0, placed elsewhere, protects or closes, working",
    );
    expect((await gateway.holdings()).working).toHaveLength(1);
  });
});

/** 16:00 in Chicago is the close; the day of the limits ends with the roll an hour later. */
const END_OF_DAY = Date.UTC(2026, 2, 11, 22);

async function guardWith(rules: AccountConfig["rules"]) {
  const { url } = await practiceGateway({ rows: ROWS, speed: 10 });
  const desk = new GatewayDesk(url, { account: { arming: "guard", rules } });
  await desk.ready();
  return { desk, gateway: new GatewayClient(url), folder: desk.dataFolder };
}

function holds(qty: number): Parameters<GatewayDesk["until"]>[1] {
  return ({ positions, enforcements, orders }) =>
    positions.some(({ position }) => position.qty === qty) &&
    enforcements.length === 0 &&
    orders.every(({ source }) => source.kind === "external");
}

async function lockedAndFlat(desk: GatewayDesk) {
  await desk.until("the lockout", ({ lockouts }) => lockouts.length > 0);
  return desk.flat();
}

/** Lots of each position. */
async function heldAt(gateway: GatewayClient): Promise<readonly number[]> {
  return (await gateway.holdings()).positions.map(({ size }) => size);
}

async function nothingAt(gateway: GatewayClient) {
  const { positions, working } = await gateway.holdings();
  return [positions, working];
}

/** The gateway is asked, not the desk: it may not have heard yet. */
function untilNothingAt(gateway: GatewayClient): Promise<unknown> {
  return eventually("nothing at the venue", async () => {
    const { positions, working } = await gateway.holdings();
    return positions.length + working.length === 0;
  });
}
