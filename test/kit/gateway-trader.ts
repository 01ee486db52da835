import { OPENING } from "./builders.ts";
import { eventually } from "./eventually.ts";
import { GatewayClient, type JsonObject } from "./gateway-client.ts";
import { GatewaySteps } from "./gateway-steps.ts";
import type { Row } from "./memory-source.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "./practice-gateway.ts";
import { type RawHub, subscribedUserHub } from "./raw-hub.ts";

/** A row so many milliseconds after the opening. */
export const later = (ms: number, price: Row["price"], qty = 5): Row => ({
  at: OPENING + ms,
  price,
  qty,
});
/** 2,650.0 at 2,650.1, and a trade at 2,650.1. */
export const QUOTE = later(0, [26_500, 26_501], 10);
export const TRADE = later(0, 26_501);

export const ORDER = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT };
export const MARKET = { ...ORDER, type: 2, size: 1 };
/** Of a buy. */
export const BRACKETS = {
  stopLossBracket: { ticks: -40, type: 4 },
  takeProfitBracket: { ticks: 60, type: 1 },
};
export const ALL_ORDERS = { accountId: PRACTICE_ACCOUNT, startTimestamp: "2026-01-01T00:00:00Z" };

/** A gateway whose time stands still, somebody who trades there, and what the user hub tells. */
export async function gatewayTrader(rows: readonly Row[] = [QUOTE, TRADE]) {
  const { url } = await practiceGateway({ rows, lockstep: true });
  const client = await GatewayClient.loggedIn(url);
  const hub = await subscribedUserHub(url, client.token, PRACTICE_ACCOUNT);
  const steps = await GatewaySteps.open(url, client.token);
  await steps.next();
  const place = async (order: object): Promise<JsonObject> => {
    const { body } = await client.post("Order/place", { ...ORDER, ...order });
    return body;
  };
  return { client, hub, place, steps };
}

/** User events a line each, once there are so many: `order 2: status 1 size 1 @ 2646.1`, ids counted from the first. */
export async function untilTold(hub: RawHub, count: number): Promise<readonly string[]> {
  return eventually(`${count} events`, () => told(hub).length >= count && told(hub));
}

function told(hub: RawHub): readonly string[] {
  return hub.records.flatMap((record) => {
    if (record.type !== 1) return [];
    const [{ action, data }] = record["arguments"] as [{ action: number; data: JsonObject }];
    const value = (name: string) => data[name] as number;
    const id = (name: string) => value(name) - 3_400_000_000;
    switch (record["target"]) {
      case "GatewayUserOrder": {
        const price = data["stopPrice"] ?? data["limitPrice"];
        const at = price === undefined ? "" : ` @ ${price as number}`;
        const filled = value("fillVolume") > 0 ? ` filled ${value("fillVolume")}` : "";
        return [`order ${id("id")}: status ${value("status")} size ${value("size")}${at}${filled}`];
      }
      case "GatewayUserTrade":
        return [
          `trade of ${id("orderId")}: ${value("size")} @ ${value("price")}, profit ${String(data["profitAndLoss"])}`,
        ];
      case "GatewayUserPosition":
        return [
          `position ${action}: type ${value("type")} size ${value("size")} @ ${value("averagePrice")}`,
        ];
      default:
        return [`account ${value("balance")}${data["canTrade"] === true ? "" : " locked"}`];
    }
  });
}
