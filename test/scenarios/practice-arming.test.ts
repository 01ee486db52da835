import { expect, test } from "vitest";
import type { Arming } from "#core/desk/config.ts";
import type { Request } from "#core/desk/request.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import { object } from "#core/domain/settings.ts";
import { lots, ticks } from "#core/domain/units.ts";
import { parseBarSpec } from "#core/market/bar.ts";
import { sizingSettings } from "#core/strategy/bot-settings.ts";
import { type StrategyContext, strategy } from "#core/strategy/strategy.ts";
import {
  ACCOUNT,
  GOLD,
  OPENING,
  aBotConfig,
  aBracket,
  anEntry,
  limitAt,
  stopAt,
} from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";

// What leaves the desk for an account that is only observed, or only guarded, whatever bots and people ask for.

const ROWS = Array.from({ length: 6_000 }, (_, index) => ({
  at: OPENING + index * 100 + 1,
  price: index % 2 === 0 ? ([26_500, 26_501] as const) : 26_501,
}));
const ORDER = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT };
const ORDER_CALL = /^(?:Order\/(?:place|modify|cancel)|Position\/(?:close|partialClose)Contract)$/u;

test("an observed account is sent nothing, whatever bots and people ask for", async () => {
  const { desk, gateway, sent, entries } = await deskIn("observe");
  await desk.ready();
  await holdSomething(desk);
  const before = await orderCalls(gateway);

  const answers = [];
  for (const request of await everyRequest(desk)) answers.push(await desk.ask(request));
  await eventually("the bot to have asked often", () => entries() > 8);

  expect(answers.filter(({ kind }) => kind !== "result")).toEqual([]);
  expect(sent.filter(({ operation }) => ORDER_CALL.test(operation))).toEqual([]);
  expect(await orderCalls(gateway)).toEqual(before);
  expect((await desk.status()).denials.length).toBeGreaterThan(0);
  expect((await gateway.holdings()).positions).toMatchObject([{ type: 1, size: 3 }]);
});

test("a guarded account is sent only what reduces or protects, whatever bots and people ask for", async () => {
  const { desk, gateway, sent, entries } = await deskIn("guard");
  await desk.ready();
  await holdSomething(desk);

  for (const request of await everyRequest(desk)) await desk.ask(request);
  await eventually("the bot to have asked often", () => entries() > 8);
  await desk.flat();

  const placed = sent.filter(({ operation }) => operation === "Order/place");
  const { positions, working, orders } = await gateway.holdings();
  expect(placed.length).toBeGreaterThan(0);
  expect(placed.filter(({ body }) => body["side"] !== SELL)).toEqual([]);
  expect(sent.filter(({ operation }) => /modify/u.test(operation))).toEqual([]);
  expect([positions, working]).toEqual([[], []]);
  expect(orders.filter(({ received }) => received !== 1)).toEqual([]);
});

test("an account that is taken back to observe keeps what protects it and is sent nothing more", async () => {
  const { desk, gateway, sent } = await deskIn("trade", false);
  await desk.ready();
  await desk.ask(anEntry({ bracket: aBracket(50, 90) }));
  await desk.working(2);
  await desk.ask(anEntry({ terms: limitAt(26_300) }));
  await desk.working(3);

  const observe = { kind: "arm", accountId: ACCOUNT, arming: "observe", confirm: null } as const;
  // Not while an entry can fill, for then nothing could protect it.
  expect(await desk.ask(observe)).toMatchObject({ result: { kind: "impossible" } });
  await desk.working(2);
  expect(await desk.ask(observe)).toMatchObject({ result: { kind: "accepted" } });
  const before = sent.length;
  for (const request of await everyRequest(desk)) await desk.ask(request);
  await desk.ask({ kind: "flatten", accountId: ACCOUNT });

  const later = sent.slice(before).filter(({ operation }) => ORDER_CALL.test(operation));
  expect(later).toEqual([]);
  const { positions, working } = await gateway.holdings();
  expect([positions.length, working.length]).toEqual([1, 2]);
});

const SELL = 1;
const BUYS = { side: "buy", qty: lots(1) } as const;
const REVERSES = { side: "sell", qty: lots(7) } as const;

/** Three lots, a stop for one of them and an entry that rests far away, none of them the desk's. */
async function holdSomething(desk: GatewayDesk): Promise<void> {
  const outsider = desk.outsider();
  await outsider.post("Order/place", { ...ORDER, type: 2, side: 0, size: 3 });
  await outsider.post("Order/place", { ...ORDER, type: 4, side: SELL, size: 1, stopPrice: 2_640 });
  await outsider.post("Order/place", { ...ORDER, type: 1, side: 0, size: 1, limitPrice: 2_620 });
  await desk.until("what was placed elsewhere", ({ orders, positions }) => {
    return orders.length === 2 && positions.some(({ position }) => position.qty === 3);
  });
}

/** Everything that may be asked for; what closes last. */
async function everyRequest(desk: GatewayDesk): Promise<readonly Request[]> {
  const { orders } = await desk.status();
  const known = [...orders.map((order) => order.clientOrderId), clientOrderId("k1-99")];
  const bid = orders.find(({ terms }) => terms.type === "limit");
  const changes = known.flatMap((id): readonly Request[] => [
    { kind: "modify", clientOrderId: id, qty: lots(5), terms: limitAt(26_400) },
    { kind: "modify", clientOrderId: id, qty: lots(2), terms: stopAt(26_300) },
  ]);
  return [
    anEntry(),
    anEntry({ side: "sell", qty: lots(5) }),
    anEntry({ terms: limitAt(26_400), bracket: aBracket() }),
    anEntry({ terms: stopAt(26_600) }),
    anEntry({ reduceOnly: true }),
    anEntry({ reduceOnly: true, side: "sell", qty: lots(9) }),
    anEntry({ side: "sell", qty: lots(1) }),
    ...changes,
    ...(bid === undefined ? [] : [{ kind: "cancel", clientOrderId: bid.clientOrderId } as const]),
    { kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: lots(1) },
    { kind: "setTradingState", scope: { kind: "desk" }, state: "active" },
    { kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null },
    { kind: "flatten", accountId: ACCOUNT },
    anEntry(),
  ];
}

async function deskIn(arming: Arming, withBot = true) {
  const { url } = await practiceGateway({ rows: ROWS, speed: 10 });
  const sent: { readonly operation: string; readonly body: JsonObject }[] = [];
  let bars = 0;
  let asked = 0;
  const eager = strategy({
    name: "eager",
    idea: "Enters on either side and cancels all the time.",
    params: object(sizingSettings),
    create: () => ({
      bars: [parseBarSpec("1t")],
      onBar(_bar: unknown, ctx: StrategyContext) {
        bars += 1;
        // As often as a bot may ask.
        if (bars % 6 !== 0) return;
        asked += 1;
        const entry = asked % 2 === 0 ? BUYS : REVERSES;
        ctx.enter({ ...entry, stopLossTicks: ticks(20) });
        ctx.cancelEntries();
      },
    }),
  });
  const params = { riskRewardRatio: null, slippageTicks: 0 };
  const risk = { maxSignalsPerDay: 100_000 };
  const bot = aBotConfig({ strategy: "eager", params, risk });
  const desk = new GatewayDesk(url, {
    account: { arming },
    session: { bots: withBot ? [bot] : [] },
    strategies: new Map([[eager.name, eager]]),
    onRequest: (operation, body) => void sent.push({ operation, body }),
  });
  return { desk, gateway: new GatewayClient(url), sent, entries: () => asked };
}

/** Calls that change something, by whomever. */
async function orderCalls(gateway: GatewayClient): Promise<Readonly<Record<string, number>>> {
  const calls = Object.entries(await gateway.calls());
  return Object.fromEntries(calls.filter(([name]) => ORDER_CALL.test(name)));
}
