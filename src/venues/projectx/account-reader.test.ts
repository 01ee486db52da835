import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, OPENING } from "#test/kit/builders.ts";
import { type HttpCall, SUCCESS, type Scripted } from "#test/kit/scripted-http.ts";
import { scriptedRest } from "#test/kit/scripted-rest.ts";
import { AccountBook } from "./account-book.ts";
import { AccountEars } from "./account-ears.ts";
import { AccountReader } from "./account-reader.ts";
import { ContractBook } from "./contract-book.ts";
import { OrderTracker } from "./order-tracker.ts";
import { Standings } from "./standings.ts";

const CONTRACT = "CON.F.US.MGC.J26";
const DAY = 86_400_000;
const order = (id: number, changed: object = {}) => ({
  id,
  accountId: 1,
  contractId: CONTRACT,
  status: 1,
  type: 1,
  side: 0,
  size: 1,
  limitPrice: 2_640,
  fillVolume: 0,
  customTag: `k1-${id}`,
  ...changed,
});
const trade = (id: number, at: number, changed: object = {}) => ({
  id,
  accountId: 1,
  contractId: CONTRACT,
  creationTimestamp: Temporal.Instant.fromEpochMilliseconds(at).toString(),
  price: 2_650,
  fees: 1,
  side: 0,
  size: 1,
  voided: false,
  orderId: 1,
  ...changed,
});
const position = (size: number) => ({
  id: 5,
  accountId: 1,
  contractId: CONTRACT,
  type: 1,
  size,
  averagePrice: 2_650.05,
});

test("the lists of an account become one snapshot", async () => {
  const { read } = await reader({
    orders: [order(2), order(1, { status: 2, fillVolume: 1 })],
    open: [order(3), order(2)],
    suspended: [order(4, { status: 8, type: 4, customTag: "k1-3-SL", parentOrderId: 3 })],
    trades: [trade(9, OPENING - 5), trade(8, OPENING - 9, { voided: true })],
    positions: [position(1)],
  });

  const snapshot = await read(OPENING - 1_000);

  expect(snapshot).toMatchObject({
    accountId: ACCOUNT,
    since: OPENING - 1_000,
    asOf: OPENING,
    orders: [{ venueOrderId: "1" }, { venueOrderId: "2" }, { venueOrderId: "3" }],
    fills: [{ fillId: "9", clientOrderId: "k1-1", price: 26_500 }],
    voided: [{ fillId: "8", at: OPENING - 9 }],
    positions: [{ instrument: GOLD.id, qty: 1, avgEntryTicks: 26_500.5 }],
    suspended: [{ clientOrderId: "k1-3-SL", entryId: "3", role: "stopLoss" }],
  });
});

test("balance and permission come with the lists, and without them the lists are true as well", async () => {
  const told = await reader({ accounts: [{ ...aRow(49_999.36, false), id: 1 }] });
  const untold = await reader({ accounts: null, positions: [position(1)] });

  expect(await told.read(OPENING - 1_000)).toMatchObject({
    standing: { canTrade: false, balance: 49_999_360_000n },
  });
  const snapshot = await untold.read(OPENING - 1_000);
  expect(snapshot).toMatchObject({ positions: [{ qty: 1 }] });
  expect(snapshot).not.toHaveProperty("standing");
});

test("fills are told in the order in which they happened, whatever the list", async () => {
  const { read } = await reader({
    orders: [order(1)],
    trades: [
      trade(10, OPENING - 5),
      trade(9, OPENING - 5, { side: 1 }),
      trade(12, OPENING - 9),
      trade(7, OPENING - 20),
    ],
  });

  expect(await read(OPENING - 1_000)).toMatchObject({
    fills: [{ fillId: "7" }, { fillId: "12" }, { fillId: "9" }, { fillId: "10" }],
  });
});

test("an order that has ended does not work because another list is older", async () => {
  const { read } = await reader({ orders: [order(1, { status: 3 })], open: [order(1)] });

  expect(await read(OPENING - 1_000)).toMatchObject({ orders: [{ state: "canceled" }] });
});

test("long times are asked for day by day, up to no end", async () => {
  const { read, calls } = await reader({});

  await read(OPENING - 2.5 * DAY);

  const windows = calls.filter(({ path }) => path.endsWith("Order/search")).map(({ body }) => body);
  const iso = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toString();
  expect(windows.map((body) => [body["startTimestamp"], body["endTimestamp"]])).toEqual([
    [iso(OPENING - 2.5 * DAY), iso(OPENING - 1.5 * DAY)],
    [iso(OPENING - 1.5 * DAY), iso(OPENING - 0.5 * DAY)],
    [iso(OPENING - 0.5 * DAY), null],
  ]);
});

test("a desk that knows nothing begins with the trading day", async () => {
  const { read } = await reader({});

  // 17:00 in Chicago the day before; the opening is at 10:00.
  expect(await read(0)).toMatchObject({ since: OPENING - 17 * 3_600_000 });
});

test("a venue without the newer list is not asked for it twice", async () => {
  const { read, calls } = await reader({ suspended: null });

  await read(OPENING - 1_000);
  await read(OPENING - 1_000);

  expect(calls.filter(({ path }) => path.endsWith("v2/query"))).toHaveLength(1);
});

test("a fill while the lists are read makes them be read again", async () => {
  const lists = { trades: [trade(9, OPENING + 100, { orderId: 1 })], orders: [order(1)] };
  const { read, calls } = await reader(lists);

  expect(await read(OPENING - 1_000)).toMatchObject({
    asOf: OPENING + 251,
    fills: [{ fillId: "9" }],
  });
  expect(calls.filter(({ path }) => path.endsWith("Trade/search"))).toHaveLength(2);
});

test("an account that does not stand still has no snapshot", async () => {
  const { read } = await reader({ trades: [trade(9, OPENING + DAY)], orders: [order(1)] });

  expect(await read(OPENING - 1_000)).toBe("the account does not stand still");
});

test("positions that contradict the hub are read again, and believed in the end", async () => {
  const { read, ears, calls } = await reader({ positions: [position(1)] });
  ears.heardPosition({ ...position(2), id: "5", accountId: "1", type: 1 });

  expect(await read(OPENING - 1_000)).toMatchObject({ positions: [{ qty: 1 }] });
  expect(calls.filter(({ path }) => path.endsWith("Position/searchOpen"))).toHaveLength(5);
});

type Lists = {
  readonly orders?: readonly object[];
  readonly open?: readonly object[];
  /** Null where the venue has no such list. */
  readonly suspended?: readonly object[] | null;
  readonly trades?: readonly object[];
  readonly positions?: readonly object[];
  /** Null where the venue does not answer. */
  readonly accounts?: readonly object[] | null;
};

function aRow(balance: number, canTrade: boolean) {
  return { id: "1", name: "PRAC", balance, canTrade };
}

async function reader(lists: Lists) {
  const { rest, clock, calls } = await scriptedRest((call) => said(call, lists));
  const book = new ContractBook([{ instrument: GOLD, contractId: CONTRACT }]);
  const ears = new AccountEars();
  const tracker = new OrderTracker(book);
  const surelyPast = clock.now;
  const wanted = { accountId: ACCOUNT, venueName: "PRAC", arming: "trade" } as const;
  const accounts = new AccountBook([wanted], [aRow(1, true)]);
  const standings = new Standings({ rest, clock, accounts, tell: () => undefined });
  const lent = { book, tracker, ears, standings };
  const made = new AccountReader({ rest, clock, surelyPast, ...lent });
  /** The snapshot, or why there is none. */
  const read = async (since: number) => {
    const reading = made.read({ accountId: ACCOUNT, number: "1" }, epochMs(since));
    // The pauses between two looks pass as soon as everything else has happened.
    for (let turn = 0; turn < 200; turn += 1) await clock.pass(turn % 20 === 19 ? 251 : 0);
    const outcome = await reading;
    if (outcome.kind === "confirmed") return outcome.value;
    return outcome.kind === "refused" ? outcome.text : outcome.reason;
  };
  return { read, ears, calls };
}

function said({ path }: HttpCall, lists: Lists): Scripted {
  const { orders = [], open = [], suspended = [], trades = [], positions = [] } = lists;
  const { accounts = [] } = lists;
  if (path.endsWith("Order/search")) return { json: { orders, ...SUCCESS } };
  if (path.endsWith("searchOpen") && path.includes("Order")) {
    return { json: { orders: open, ...SUCCESS } };
  }
  if (path.endsWith("v2/query")) {
    return suspended === null ? { status: 404 } : { json: { orders: suspended, ...SUCCESS } };
  }
  if (path.endsWith("Account/search")) {
    return accounts === null ? { status: 500 } : { json: { accounts, ...SUCCESS } };
  }
  if (path.endsWith("Trade/search")) return { json: { trades, ...SUCCESS } };
  return { json: { positions, ...SUCCESS } };
}
