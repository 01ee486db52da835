import { expect, test } from "vitest";
import type { OrderReport } from "#core/domain/report.ts";
import { ACCOUNT, GOLD, OPENING } from "#test/kit/builders.ts";
import { SUCCESS, type Scripted, type scriptedHttp } from "#test/kit/scripted-http.ts";
import { scriptedRest } from "#test/kit/scripted-rest.ts";
import { AccountBook } from "./account-book.ts";
import { AccountEars } from "./account-ears.ts";
import { ContractBook } from "./contract-book.ts";
import { OrderTracker } from "./order-tracker.ts";
import { Standings } from "./standings.ts";
import { UserFeed } from "./user-feed.ts";

const CONTRACT = "CON.F.US.MGC.J26";
const ORDER = {
  id: 7,
  accountId: 1,
  contractId: CONTRACT,
  status: 1,
  type: 2,
  side: 0,
  size: 2,
  fillVolume: 0,
  customTag: "k1-1",
};
const TRADE = {
  id: 70,
  accountId: 1,
  contractId: CONTRACT,
  creationTimestamp: "2026-03-11T15:00:00.1234567+00:00",
  price: 2_650.1,
  fees: 0.36,
  commissions: 0.25,
  side: 0,
  size: 2,
  voided: false,
  orderId: 7,
};
const FILL = {
  fillId: "70",
  clientOrderId: "k1-1",
  accountId: ACCOUNT,
  instrument: GOLD.id,
  side: "buy",
  qty: 2,
  price: 26_501,
  fee: 610_000n,
  at: OPENING + 123,
};

test("a fill carries the key of its order, and costs fees and commissions", async () => {
  const { feed, reports } = await userFeed();

  feed.onOrders(ORDER);
  feed.onTrades({ action: 0, data: TRADE });

  expect(reports.at(-1)).toEqual({ kind: "filled", clientOrderId: "k1-1", fill: FILL });
});

test("a fill that closes tells what the venue says it realized, and one that opens says nothing", async () => {
  const { feed, reports } = await userFeed();

  feed.onOrders(ORDER);
  feed.onTrades({ ...TRADE, profitAndLoss: -49.5 });
  feed.onTrades({ ...TRADE, id: 71, profitAndLoss: null });

  expect(reports.slice(1)).toMatchObject([{ fill: { ...FILL, grossPnl: -49_500_000n } }, {}]);
  expect(reports[2]).toEqual({
    kind: "filled",
    clientOrderId: "k1-1",
    fill: { ...FILL, fillId: "71" },
  });
});

test("R7: a fill that overtakes its order waits for it", async () => {
  const { feed, reports } = await userFeed();

  feed.onTrades(TRADE);
  expect(reports).toEqual([]);
  feed.onOrders(ORDER);

  expect(reports.map(({ kind }) => kind)).toEqual(["accepted", "filled"]);
});

test("R7: where the order never comes, the venue is asked whose it is", async () => {
  const { feed, reports, clock, calls } = await userFeed(() => ({
    json: { order: ORDER, ...SUCCESS },
  }));

  feed.onTrades(TRADE);
  await clock.pass(1_001);
  await feed.look();

  expect(calls.at(-1)).toMatchObject({ path: "/api/Order/searchById", body: { orderId: 7 } });
  expect(reports).toEqual([{ kind: "filled", clientOrderId: "k1-1", fill: FILL }]);
});

test.each([404, 405])("an older venue (%i) is asked for its list instead", async (status) => {
  const { feed, reports, clock } = await userFeed(({ path }) =>
    path.endsWith("searchById") ? { status } : { json: { orders: [ORDER], ...SUCCESS } },
  );

  feed.onTrades(TRADE);
  await clock.pass(1_001);
  await feed.look();

  expect(reports).toMatchObject([{ clientOrderId: "k1-1" }]);
});

test("R7, R14: the fill of an order that nobody knows is told all the same", async () => {
  const refusal = { success: false, errorCode: 1, errorMessage: null };
  const { feed, reports, clock } = await userFeed(() => ({ json: { order: null, ...refusal } }));

  feed.onTrades(TRADE);
  await clock.pass(1_001);
  await feed.look();

  expect(reports).toMatchObject([{ kind: "filled", clientOrderId: "ext-7" }]);
});

test("as long as the venue cannot say, the fill waits and it is asked again", async () => {
  const { feed, reports, clock } = await userFeed((_call, count) =>
    count === 1 ? { status: 500 } : { json: { order: ORDER, ...SUCCESS } },
  );

  feed.onTrades(TRADE);
  await clock.pass(1_001);
  await feed.look();
  expect(reports).toEqual([]);
  await clock.pass(1_001);
  await feed.look();

  expect(reports).toMatchObject([{ clientOrderId: "k1-1" }]);
});

test("R7, R13: a fill whose order nobody can name is told after seconds, with a doubt", async () => {
  const { feed, reports, doubts, clock, calls } = await userFeed(() => ({ status: 500 }));

  feed.onTrades(TRADE);
  for (let time = 0; time < 300; time += 1) {
    await clock.pass(100);
    void feed.look();
  }

  expect(reports).toMatchObject([{ kind: "filled", clientOrderId: "ext-7" }]);
  expect(doubts).toEqual(["the venue does not say whose order 7 of trade 70 is"]);
  expect(calls.filter(({ path }) => path.endsWith("searchById")).length).toBeLessThan(6);
});

test("a question that hangs keeps no fill, neither its own nor another's", async () => {
  const held = Promise.withResolvers<Scripted>();
  const other = { ...ORDER, id: 8, customTag: "k1-2" };
  const { feed, reports, clock } = await userFeed(({ body }) =>
    body["orderId"] === 7 ? held.promise : { json: { order: other, ...SUCCESS } },
  );

  feed.onTrades(TRADE);
  feed.onTrades({ ...TRADE, id: 71, orderId: 8 });
  await clock.pass(1_001);
  void feed.look();
  await clock.pass(0);
  expect(reports).toMatchObject([{ clientOrderId: "k1-2" }]);
  await clock.pass(5_000);
  void feed.look();
  held.resolve({ status: 500 });
  await clock.pass(0);

  expect(reports).toMatchObject([{ clientOrderId: "k1-2" }, { clientOrderId: "ext-7" }]);
});

test("a trade that is voided is taken back once, with a word to a person and a doubt", async () => {
  const { feed, reports, alerts, doubts } = await userFeed();
  feed.onOrders(ORDER);
  feed.onTrades(TRADE);

  feed.onTrades({ ...TRADE, voided: true });
  feed.onTrades({ ...TRADE, voided: true });
  feed.onTrades(TRADE);

  expect(reports.slice(1)).toEqual([
    { kind: "filled", clientOrderId: "k1-1", fill: FILL },
    { kind: "voided", clientOrderId: "k1-1", fill: FILL },
  ]);
  expect([alerts, doubts]).toEqual([["tradeVoided"], ["trade 70 was voided"]]);
});

test("a trade that is voided while it waits for its order is never a fill", async () => {
  const { feed, reports } = await userFeed();

  feed.onTrades(TRADE);
  feed.onTrades({ ...TRADE, voided: true });
  feed.onOrders(ORDER);

  expect(reports.map(({ kind }) => kind)).toEqual(["voided", "accepted"]);
});

test.each([
  { name: "no fees", row: { fees: null, commissions: 0.25 }, fee: 250_000n },
  { name: "no commissions", row: { fees: 0.36, commissions: undefined }, fee: 360_000n },
  { name: "neither", row: { fees: null, commissions: null }, fee: 0n },
  { name: "nothing but zeros", row: { fees: 0, commissions: 0 }, fee: 0n },
])("the fee of a trade with $name is what it costs at least", async ({ row, fee }) => {
  const { feed, reports } = await userFeed();
  feed.onOrders(ORDER);

  feed.onTrades({ ...TRADE, ...row });

  expect(reports.at(-1)).toMatchObject({ fill: { fee, isFeeEstimated: true } });
});

test("a trade that is told again is told on only where its money is another", async () => {
  const { feed, reports } = await userFeed();
  feed.onOrders(ORDER);

  feed.onTrades({ ...TRADE, commissions: null });
  feed.onTrades({ ...TRADE, commissions: null });
  feed.onTrades(TRADE);
  feed.onTrades(TRADE);

  expect(reports.slice(1)).toMatchObject([{ fill: { fee: 360_000n } }, { fill: FILL }]);
});

test("R13: a fill that cannot be valued is reason to doubt", async () => {
  const { feed, alerts, doubts } = await userFeed();
  const contractId = "CON.F.US.XYZ.J26";

  feed.onOrders({ ...ORDER, contractId });
  feed.onTrades({ ...TRADE, contractId });

  expect([alerts, doubts.length]).toEqual([["unknownInstrument"], 1]);
});

test("other accounts of the same user are none of ours", async () => {
  const { feed, reports } = await userFeed();

  feed.onOrders({ ...ORDER, accountId: 2 });
  feed.onTrades({ ...TRADE, accountId: 2 });

  expect(reports).toEqual([]);
});

async function userFeed(answer: Parameters<typeof scriptedHttp>[0] = () => ({ status: 500 })) {
  const { rest, clock, calls } = await scriptedRest(answer);
  const book = new ContractBook([{ instrument: GOLD, contractId: CONTRACT }]);
  const wanted = { accountId: ACCOUNT, venueName: "PRAC", arming: "trade" } as const;
  const row = {
    id: "1",
    name: "PRAC",
    balance: 1,
    canTrade: true,
    isVisible: true,
    simulated: true,
  };
  const reports: OrderReport[] = [];
  const alerts: string[] = [];
  const doubts: string[] = [];
  const accounts = new AccountBook([wanted], [row]);
  const feed = new UserFeed({
    rest,
    clock,
    accounts,
    standings: new Standings({ rest, clock, accounts, tell: () => undefined }),
    book,
    tracker: new OrderTracker(book),
    ears: new AccountEars(),
    tell: (told) => void reports.push(...told),
    alert: ({ code }) => void alerts.push(code),
    doubt: (reason) => void doubts.push(reason),
  });
  return { feed, reports, alerts, doubts, clock, calls };
}
