import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { INSTRUMENTS } from "#core/domain/instrument-catalogue.ts";
import {
  HubMessageError,
  readAccountEvents,
  readOrderEvents,
  readPositionEvents,
  readPublicTrades,
  readQuote,
  readTradeEvents,
} from "./hub-events.ts";
import {
  AVAILABLE_CONTRACTS,
  SEARCH_ACCOUNTS,
  SEARCH_OPEN_ORDERS,
  SEARCH_ORDERS,
  SEARCH_POSITIONS,
  SEARCH_TRADES,
} from "./operations.ts";
import { readAnswer } from "./read-answer.ts";
import { ORDER_ROW, TRADE_ROW } from "./rows.ts";

const ORDER = {
  id: 3_425_270_858,
  accountId: 7,
  contractId: "CON.F.US.MNQ.U26",
  symbolId: "F.US.MNQ",
  creationTimestamp: "2026-08-19T20:49:25.3938333+00:00",
  status: 5,
  type: 2,
  side: 1,
  size: 1,
  fillVolume: 0,
};

// Payloads recorded from the venue, where they are at hand.
const RECORDED = new URL("../../../../shared/data/contract/projectx_live/", import.meta.url);
const LISTS = [
  ["accounts_search", SEARCH_ACCOUNTS, "accounts"],
  ["contracts_available", AVAILABLE_CONTRACTS, "contracts"],
  ["historical_orders_24h", SEARCH_ORDERS, "orders"],
  ["historical_trades_24h", SEARCH_TRADES, "trades"],
  ["open_orders", SEARCH_OPEN_ORDERS, "orders"],
  ["open_positions", SEARCH_POSITIONS, "positions"],
] as const;

test.for(LISTS)("the recorded %s is read row by row", ([file, operation, member], { skip }) => {
  const rows = recorded(`projectx/live/${file}.json`) as unknown[] | undefined;
  if (rows === undefined) return skip("needs ../shared/data/contract/projectx_live");
  const envelope = { success: true, errorCode: 0, errorMessage: null };
  const body = JSON.stringify({ [member]: rows, ...envelope });

  const answer = { status: 200, headers: {}, body };
  const read = readAnswer<readonly unknown[]>(operation, answer, []);

  expect(read).toMatchObject({ kind: "confirmed" });
  expect(read.kind === "confirmed" && read.value.length).toBe(rows.length);
});

test("recorded contracts have the ticks and codes of the catalogue", ({ skip }) => {
  const rows = recorded("projectx/live/contracts_available.json");
  if (rows === undefined) return skip("needs ../shared/data/contract/projectx_live");
  const symbols = (rows as { symbolId: string }[]).map(({ symbolId }) => symbolId);

  const codes = INSTRUMENTS.map(({ projectXCode }) => `F.US.${projectXCode}`);

  expect(symbols.sort()).toEqual(codes.sort());
});

test.for(["projectx/live/stream_event_samples.json", "history/stream_event_samples.c7ab9a2.json"])(
  "the recorded events of %s are read",
  (file, { skip }) => {
    const found = recorded(file);
    if (found === undefined) return skip("needs ../shared/data/contract/projectx_live");
    const { samples } = found as { samples: { event_type: string; raw_payload: unknown }[] };
    const read: string[] = [];

    for (const { event_type: type, raw_payload: payload } of samples) {
      if (payload === null || payload === undefined) continue;
      if (readSample(type, payload)) read.push(type);
    }

    expect(read.sort()).toEqual(["account", "market_trade", "order", "position", "quote", "trade"]);
  },
);

test.each([
  ["wrapped", { action: 1, data: ORDER }],
  ["bare", ORDER],
  ["in a list", [{ action: 1, data: ORDER }]],
  ["bare in a list, with nothing beside it", [null, ORDER]],
])("an event is read %s", (_shape, payload) => {
  expect(readOrderEvents(payload)).toMatchObject([{ id: "3425270858", status: "rejected" }]);
});

test("members that nobody knows are passed over, and null is as good as missing", () => {
  const [plain] = readOrderEvents(ORDER);
  const [padded] = readOrderEvents({
    ...ORDER,
    limitPrice: null,
    parentOrderId: null,
    customTag: null,
    mood: "good",
  });

  expect(padded).toEqual(plain);
});

test.each([
  ["ids as text", { id: "9007199254740993" }, { id: "9007199254740993" }],
  [
    "a time without an offset",
    { creationTimestamp: "2026-08-19T20:49:25.999" },
    { creationTimestamp: Date.UTC(2026, 7, 19, 20, 49, 25, 999) },
  ],
  ["a status nobody has seen", { status: 42 }, { status: "none" }],
  ["a suspended leg", { status: 8 }, { status: "suspended" }],
])("%s can be read", (_what, changed, expected) => {
  expect(ORDER_ROW.parse({ ...ORDER, ...changed })).toMatchObject(expected);
});

test("orderId stands for a missing id", () => {
  const { id, ...rest } = ORDER;

  expect(ORDER_ROW.parse({ ...rest, orderId: id }).id).toBe("3425270858");
});

test.each([
  ["an id that was rounded", { id: 2 ** 60 }],
  ["no contract", { contractId: undefined }],
  ["half a lot", { size: 0.5 }],
  ["no side", { side: 2 }],
  ["no time", { creationTimestamp: "yesterday" }],
])("%s cannot be read, and is said", (_what, changed) => {
  expect(() => readOrderEvents({ ...ORDER, ...changed })).toThrow(HubMessageError);
});

test("fractions of a millisecond are cut off, so a list and the stream agree", () => {
  const at = (creationTimestamp: string) =>
    TRADE_ROW.parse({
      ...ORDER,
      creationTimestamp,
      price: 1,
      fees: 0.36,
      orderId: 1,
      voided: false,
    }).creationTimestamp;

  expect(at("2026-08-19T14:16:01.4061289+00:00")).toBe(at("2026-08-19T14:16:01.406128+00:00"));
});

test("market trades come alone or in lists, with nothing in between", () => {
  const trade = { price: 1, timestamp: "2026-08-19T20:51:30.052+00:00", type: 1, volume: 2 };

  expect(readPublicTrades("C", trade)).toEqual(readPublicTrades("C", [null, trade]));
});

function readSample(type: string, payload: unknown): boolean {
  const ofMarket = payload as { contractId?: unknown; payload?: unknown };
  switch (type) {
    case "account":
      return readAccountEvents(payload).length === 1;
    case "order":
      return readOrderEvents(payload).length === 1;
    case "position":
      return readPositionEvents(payload).length === 1;
    case "trade":
      return readTradeEvents(payload).length === 1;
    case "quote":
      return readQuote(ofMarket.contractId, ofMarket.payload).timestamp !== null;
    case "market_trade":
      return readPublicTrades(ofMarket.contractId, ofMarket.payload).length > 0;
    default:
      return false;
  }
}

function recorded(file: string): unknown {
  const url = new URL(file, RECORDED);
  return existsSync(url) ? JSON.parse(readFileSync(url, "utf8")) : undefined;
}
