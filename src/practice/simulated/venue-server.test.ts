import { expect, test } from "vitest";
import type { SubmitOrder } from "#core/desk/command.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import type { VenueLine } from "#ports/venue-lines.ts";
import { ACCOUNT, GOLD, MARKET, OPENING, limitAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { practiceVenue } from "#test/kit/practice-venue.ts";

const ROWS = [
  { at: OPENING + 1, price: [26_500, 26_501] },
  { at: OPENING + 30, price: 26_501 },
  { at: OPENING + 60, price: 26_502 },
  { at: OPENING + 90, price: [26_502, 26_503] },
] as const;

test("a desk is told market data and time in their order, each once", async () => {
  const venue = await practiceVenue({ rows: ROWS, lengthMs: 120 });

  const desk = venue.desk();
  await desk.heard("the end", (line) => line.kind === "marketEnded");

  const [hello, ...told] = desk.lines.filter(isTimed);
  const times = told.map(({ at }) => at);
  expect(hello).toMatchObject({ kind: "hello", protocol: 2, laps: 1, replaced: false });
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(desk.lines.filter(isMarket).map(({ at }) => at)).toEqual(
    ROWS.map(({ at }) => at).filter((at) => at > startOf(desk.lines)),
  );
});

test("a desk that comes after the end of the data is told so", async () => {
  const venue = await practiceVenue({ rows: ROWS, lengthMs: 120 });
  const early = venue.desk();
  await early.heard("the end", (line) => line.kind === "marketEnded");

  const late = venue.desk();

  await late.heard("the end", (line) => line.kind === "marketEnded");
});

test("an order is taken, filled, told to the desk and seen by an observer", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const desk = venue.desk();
  await desk.heard("the last row", isPastRows);

  desk.say(anOrder("k1-1"));
  await desk.heard("the fill", reports("filled"));

  const observer = venue.observer();
  const holdings = await observer.ask({ kind: "holdings" }, "holdings");
  const { orders, fills } = await observer.ask({ kind: "orders" }, "orders");
  expect(holdings.positions).toEqual([{ accountId: ACCOUNT, instrument: GOLD.id, qty: 1 }]);
  expect(orders).toMatchObject([{ clientOrderId: "k1-1", received: 1, taken: true }]);
  expect(fills).toBe(1);
});

test("an order sent twice is taken once, and the observer sees that it came twice", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const desk = venue.desk();
  await desk.heard("the last row", isPastRows);

  desk.say(anOrder("k1-1"), anOrder("k1-1"));
  await desk.heard("the refusal", reports("rejected"));

  const { orders, fills } = await venue.observer().ask({ kind: "orders" }, "orders");
  expect([orders.map(({ received }) => received), fills]).toEqual([[2], 1]);
});

test("orders keep working while no desk is there", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const first = venue.desk();
  await first.heard("the last row", isPastRows);
  first.say({ ...anOrder("k1-1"), terms: limitAt(26_400) });
  await first.heard("the acceptance", reports("accepted"));
  first.close();

  const second = venue.desk();
  await second.heard("the greeting", (line) => line.kind === "hello");
  second.say({ kind: "requestSnapshot", accountId: ACCOUNT, since: 0 });
  const { snapshot } = await second.heard(
    "the snapshot",
    (line) => line.kind === "accountReported",
  );

  expect(snapshot.orders).toMatchObject([{ clientOrderId: "k1-1", state: "working" }]);
});

test("a later desk takes the place of the one before", async () => {
  const venue = await practiceVenue();
  const first = venue.desk();
  await first.heard("the greeting", (line) => line.kind === "hello");

  const second = venue.desk();
  await second.heard("the greeting", (line) => line.kind === "hello");

  await eventually("the first to be hung up on", () => first.isClosed);
  expect(first.lines.at(-1)).toEqual({ kind: "displaced" });
  expect(second.isClosed).toBe(false);
  expect([first, second].map(({ lines }) => lines[0])).toMatchObject([
    { kind: "hello", replaced: false },
    { kind: "hello", replaced: true },
  ]);
});

test("reports wait while an observer holds them, and market data does not", async () => {
  const venue = await practiceVenue({ rows: ROWS, speed: 10 });
  const observer = venue.observer();
  const desk = venue.desk();
  await desk.heard("the last row", isPastRows);
  await observer.ask({ kind: "setHold", hold: true }, "done");

  desk.say(anOrder("k1-1"));
  await eventually("the fill at the venue", async () => {
    const { positions } = await observer.ask({ kind: "holdings" }, "holdings");
    return positions.length > 0;
  });
  const told = desk.lines.some((line) => line.kind === "orderReported");
  await observer.ask({ kind: "setHold", hold: false }, "done");
  await desk.heard("the fill", reports("filled"));

  expect(told).toBe(false);
});

test.each([
  ["no JSON", "hello\n", "expected one JSON value a line, found hello"],
  ["another protocol", '{"kind":"hello","protocol":9,"role":"desk"}\n', "expected 2, found 9"],
  ["a role nobody has", '{"kind":"hello","protocol":2,"role":"boss"}\n', "role: expected one of"],
  [
    "half an order",
    '{"kind":"hello","protocol":2,"role":"desk"}\n{"kind":"submitOrder"}\n',
    "accountId: expected a text, found nothing",
  ],
])("%s is answered with what is wrong, and nothing more", async (_name, text, reason) => {
  const venue = await practiceVenue();
  const client = venue.stranger();

  client.sayText(text);
  await eventually("the end of the connection", () => client.isClosed);

  expect(client.lines.at(-1)).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining(reason) as string,
  });
});

test("a venue does not take the address of another", async () => {
  const { address } = await practiceVenue();

  await expect(practiceVenue({ address })).rejects.toThrow("Another process listens");
});

test("nobody waits for a night to pass", async () => {
  const rows = [...ROWS, { at: OPENING + 40_000_000, price: 26_600 }];
  const venue = await practiceVenue({ rows, lengthMs: 40_000_100, speed: 10 });

  const desk = venue.desk();
  await desk.heard("the end", (line) => line.kind === "marketEnded");

  expect(desk.lines.findLast(isMarket)?.at).toBe(OPENING + 40_000_000);
});

function anOrder(id: string): SubmitOrder {
  return {
    kind: "submitOrder",
    accountId: ACCOUNT,
    clientOrderId: clientOrderId(id),
    instrument: GOLD.id,
    side: "buy",
    qty: 1 as SubmitOrder["qty"],
    terms: MARKET,
    timeInForce: "gtc",
    reduceOnly: false,
    bracket: null,
  };
}

type Reported = Extract<VenueLine, { kind: "orderReported" }>;

function reports(kind: Reported["report"]["kind"]) {
  return (line: VenueLine): line is Reported =>
    line.kind === "orderReported" && line.report.kind === kind;
}

function isMarket(line: VenueLine): line is Extract<VenueLine, { kind: "tradeTick" | "quote" }> {
  return line.kind === "tradeTick" || line.kind === "quote";
}

type Timed = Extract<VenueLine, { at: unknown }>;

function isTimed(line: VenueLine): line is Timed {
  return "at" in line || line.kind === "hello";
}

function isPastRows(line: VenueLine): line is Timed {
  return "at" in line && line.at > OPENING + 90;
}

function startOf(lines: readonly VenueLine[]): number {
  const [first] = lines;
  return first?.kind === "hello" ? first.now : Number.NaN;
}
