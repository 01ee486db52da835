import { expect, test } from "vitest";
import type { ModifyOrder } from "#core/desk/command.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, stopAt } from "#test/kit/builders.ts";
import { SUCCESS, type scriptedHttp } from "#test/kit/scripted-http.ts";
import { scriptedRest } from "#test/kit/scripted-rest.ts";
import { AccountBook } from "./account-book.ts";
import { ContractBook } from "./contract-book.ts";
import { OrderSender } from "./order-sender.ts";
import { OrderTracker } from "./order-tracker.ts";
import { ORDER_ROW, type OrderRow } from "./rows.ts";

const CONTRACT = "CON.F.US.MGC.J26";
const STOP = clientOrderId("k1-2");

test("R12: a stop is resized from what the venue has, whatever became of the change before", async () => {
  const { sender, tracker, reports, calls } = await desk((_call, count) =>
    count === 1 ? { status: 500 } : { json: SUCCESS },
  );
  tracker.seen(stopOf(1));
  const asked = sender.send(modifyTo(2));
  tracker.seen(stopOf(2));
  await asked;
  expect(reports).toMatchObject([{ kind: "unconfirmed" }]);

  await sender.send(modifyTo(1));

  expect(calls.at(-1)?.body).toMatchObject({ orderId: 7, size: 1 });
});

test("a refused change leaves what the hub has shown meanwhile", async () => {
  const { sender, tracker, calls } = await desk((_call, count) =>
    count === 1 ? { status: 400, text: "{}" } : { json: SUCCESS },
  );
  tracker.seen(stopOf(1));
  const asked = sender.send(modifyTo(3));
  tracker.seen(stopOf(2));
  await asked;

  await sender.send(modifyTo(1));

  expect(calls.at(-1)?.body).toMatchObject({ size: 1 });
});

test("a list that shows another size makes the next change name its own", async () => {
  const { sender, tracker, calls } = await desk(() => ({ json: SUCCESS }));
  tracker.seen(stopOf(1));
  tracker.learn(stopOf(2));

  await sender.send(modifyTo(1));

  expect(calls.at(-1)?.body).toMatchObject({ size: 1 });
});

test("a stop that is only moved keeps its size", async () => {
  const { sender, tracker, calls } = await desk(() => ({ json: SUCCESS }));
  tracker.seen(stopOf(1));

  await sender.send(modifyTo(1));

  expect(calls.at(-1)?.body).toMatchObject({ size: null, stopPrice: 2_640 });
});

async function desk(answer: Parameters<typeof scriptedHttp>[0]) {
  const { rest, calls, clock } = await scriptedRest(answer);
  const book = new ContractBook([{ instrument: GOLD, contractId: CONTRACT }]);
  const wanted = { accountId: ACCOUNT, venueName: "PRAC", arming: "trade" } as const;
  const accounts = new AccountBook(
    [wanted],
    [{ id: "1", name: "PRAC", balance: 1, canTrade: true }],
  );
  const tracker = new OrderTracker(book);
  const reports: OrderReport[] = [];
  const alerts: string[] = [];
  const sender = new OrderSender({
    rest,
    book,
    accounts,
    tracker,
    blocked: () => null,
    tell: (told) => void reports.push(...told),
    alert: ({ code }) => void alerts.push(code),
  });
  return { sender, tracker, reports, alerts, calls, clock, accounts };
}

function modifyTo(qty: number): ModifyOrder {
  return {
    kind: "modifyOrder",
    accountId: ACCOUNT,
    clientOrderId: STOP,
    venueOrderId: null,
    qty: lots(qty),
    terms: stopAt(26_400),
  };
}

function stopOf(size: number): OrderRow {
  return ORDER_ROW.parse({
    id: 7,
    accountId: 1,
    contractId: CONTRACT,
    status: 1,
    type: 4,
    side: 1,
    size,
    stopPrice: 2_640,
    fillVolume: 0,
    customTag: STOP,
  });
}
