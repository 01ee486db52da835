import { expect, test } from "vitest";
import type { ModifyOrder } from "#core/desk/command.ts";
import { clientOrderId, venueOrderId } from "#core/domain/ids.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { type DurationMs, lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, stopAt } from "#test/kit/builders.ts";
import { aSubmit } from "#test/kit/projectx-link.ts";
import { SUCCESS } from "#test/kit/scripted-http.ts";
import { loggedIn, scriptedRest } from "#test/kit/scripted-rest.ts";
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

type Changing = Pick<Awaited<ReturnType<typeof desk>>, "accounts" | "clock" | "block">;

test.each([
  ["is only observed by then", ({ accounts }: Changing) => accounts.arm(ACCOUNT, "observe")],
  ["is only guarded by then", ({ accounts }: Changing) => accounts.arm(ACCOUNT, "guard")],
  ["has no link by then", ({ block }: Changing) => block("the link is down")],
  ["has waited half the time of an answer", ({ clock }: Changing) => clock.pass(2_501)],
])("an entry is not sent again after a log-in when the account %s", async (_what, change) => {
  const held = Promise.withResolvers<void>();
  const made = await desk(
    () => ({ status: 401 }),
    async (count) => {
      if (count > 1) await held.promise;
      return loggedIn(count);
    },
  );

  const sent = made.sender.send(aSubmit("k1-1"));
  await made.clock.pass(0);
  await Promise.resolve(change(made));
  held.resolve();
  await sent;

  expect(made.calls.filter(({ path }) => path.endsWith("Order/place"))).toHaveLength(1);
  expect(made.reports).toMatchObject([{ kind: "rejected", clientOrderId: "k1-1" }]);
});

test.each([
  ["goes out", 4_999, 2],
  ["does not go out: the desk has decided anew by then", 5_001, 1],
])("R2, R12: a close %s after a log-in of %i ms", async (_what, ms, count) => {
  const held = Promise.withResolvers<void>();
  const { sender, clock, calls } = await desk(
    () => ({ status: 401 }),
    async (time) => {
      if (time > 1) await held.promise;
      return loggedIn(time);
    },
  );

  const sent = sender.send(aSubmit("k1-1", { reduceOnly: true, side: "sell" }));
  await clock.pass(ms);
  held.resolve();
  await sent;

  expect(calls.filter(({ path }) => path.endsWith("Order/place")).slice(0, 2)).toHaveLength(count);
});

test("R12: a cancel goes out after a log-in, however long that took", async () => {
  const held = Promise.withResolvers<void>();
  const { sender, clock, calls, block } = await desk(
    (_call, count) => (count === 1 ? { status: 401 } : { json: SUCCESS }),
    async (count) => {
      if (count > 1) await held.promise;
      return loggedIn(count);
    },
  );

  const sent = sender.send({
    kind: "cancelOrder",
    accountId: ACCOUNT,
    clientOrderId: STOP,
    venueOrderId: venueOrderId("7"),
  });
  await clock.pass(9_000);
  block("the link is down");
  held.resolve();
  await sent;

  expect(calls.filter(({ path }) => path.endsWith("Order/cancel"))).toHaveLength(2);
});

async function desk(...answers: Parameters<typeof scriptedRest>) {
  const { rest, calls, clock } = await scriptedRest(...answers);
  let blocked: string | null = null;
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
    clock,
    answerTimeout: 5_000 as DurationMs,
    book,
    accounts,
    tracker,
    blocked: () => blocked,
    tell: (told) => void reports.push(...told),
    onDone: () => undefined,
    onViolation: () => undefined,
    alert: ({ code }) => void alerts.push(code),
  });
  const block = (reason: string) => void (blocked = reason);
  return { sender, tracker, reports, alerts, calls, clock, accounts, block };
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
