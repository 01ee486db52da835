import { expect, test } from "vitest";
import { encode } from "#core/desk/codec.ts";
import { aFill, limitAt, stopAt } from "#test/kit/builders.ts";
import {
  readDeskLine,
  readGreeting,
  readObservedLine,
  readObserverLine,
  readVenueLine,
} from "./read-venue-lines.ts";

const ORDER = { accountId: "A", clientOrderId: "k1-1" };

test.each([
  { kind: "requestSnapshot", accountId: "A", since: 5 },
  { kind: "cancelOrder", ...ORDER, venueOrderId: null },
  { kind: "modifyOrder", ...ORDER, venueOrderId: "O1", qty: 2, terms: stopAt(5) },
  {
    kind: "submitOrder",
    ...ORDER,
    instrument: "MGC",
    side: "sell",
    qty: 1,
    terms: { type: "stopLimit", stopPrice: 3, limitPrice: 2 },
    timeInForce: "day",
    reduceOnly: true,
    bracket: { stopLossTicks: 5, takeProfitTicks: null },
  },
])("what a desk says is read as it was said: $kind", (line) => {
  expect(readDeskLine(encode(line))).toEqual(line);
});

const REPORTED = { kind: "orderReported", at: 7 };
const END = { clientOrderId: "k1-1", venueFilledQty: 1, reason: "done" };

test.each([
  { kind: "hello", protocol: 1, now: 7, laps: 2, replaced: false },
  { kind: "tradeTick", at: 7, instrument: "MGC", price: -3, qty: 0, aggressor: "buy" },
  { kind: "quote", at: 7, instrument: "MGC", bidPrice: 1, bidQty: 2, askPrice: 3, askQty: 4 },
  { kind: "clock", at: 7 },
  { kind: "marketEnded", at: 7 },
  { kind: "displaced" },
  { kind: "refused", reason: "no" },
  { ...REPORTED, report: { kind: "accepted", clientOrderId: "k1-1", venueOrderId: "O1" } },
  { ...REPORTED, report: { kind: "rejected", clientOrderId: "k1-1", reason: "no" } },
  { ...REPORTED, report: { kind: "filled", clientOrderId: "k1-1", fill: aFill() } },
  { ...REPORTED, report: { kind: "canceled", ...END } },
  { ...REPORTED, report: { kind: "expired", ...END } },
  { ...REPORTED, report: { kind: "modified", clientOrderId: "k1-1", qty: 1, terms: limitAt(9) } },
  {
    kind: "accountReported",
    at: 7,
    snapshot: {
      accountId: "A",
      since: 0,
      asOf: 7,
      orders: [
        {
          clientOrderId: null,
          venueOrderId: "O9",
          instrument: "MGC",
          side: "buy",
          qty: 2,
          filledQty: 1,
          terms: { type: "trailingStop", stopPrice: 5, trailTicks: 2 },
          reduceOnly: false,
          state: "working",
        },
      ],
      fills: [aFill()],
      positions: [{ instrument: "MGC", qty: -1, avgEntryTicks: 2.5 }],
    },
  },
])("what the venue says is read as it was said: $kind", (line) => {
  expect(readVenueLine(encode(line))).toEqual(line);
});

test("greetings, questions and their answers are read as they were said", () => {
  const greeting = { kind: "hello", protocol: 1, role: "observer" };
  const question = { kind: "setSpeed", speed: 1.5 };
  const answer = {
    kind: "orders",
    orders: [{ ...ORDER, received: 1, receivedAt: 5, taken: true }],
    fills: 3,
  };

  const read = [
    readGreeting(encode(greeting)),
    readObserverLine(encode(question)),
    readObservedLine(encode(answer)),
  ];

  expect(read).toEqual([greeting, question, answer]);
});

test.each([
  ["not JSON", "nonsense", "expected one JSON value a line, found nonsense"],
  ["a list", "[]", "message: expected an object, found []"],
  ["no kind", "{}", "kind: expected one of hello"],
  ["an unknown kind", '{"kind":"tick"}', "kind: expected one of hello"],
  ["a time that is none", '{"kind":"clock","at":1.5}', "at: expected a whole number from 0"],
  [
    "a report nobody sends",
    '{"kind":"orderReported","at":1,"report":{"kind":"lost"}}',
    "report.kind: expected one of accepted",
  ],
  [
    "an id that is none",
    '{"kind":"orderReported","at":1,"report":{"kind":"rejected","clientOrderId":"","reason":""}}',
    "report.clientOrderId: Expected a client order id",
  ],
  [
    "a list that is none",
    '{"kind":"accountReported","at":1,"snapshot":{"accountId":"A","since":0,"asOf":1,"orders":"none"}}',
    'snapshot.orders: expected a list, found "none"',
  ],
])("%s is refused with what was expected", (_name, line, message) => {
  expect(() => readVenueLine(line)).toThrow(message);
});
