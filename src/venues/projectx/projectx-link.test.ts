import { expect, test } from "vitest";
import { clientOrderId, venueOrderId } from "#core/domain/ids.ts";
import { lots, moneyFrom } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, OPENING, aBracket, limitAt, stopAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";
import { aSubmit, isDown, isUp, linkTo } from "#test/kit/projectx-link.ts";

test("market data, time and the state of the link come in their order", async () => {
  const gateway = await practiceGateway({
    rows: [
      { at: OPENING, price: [26_500, 26_501], qty: 1 },
      { at: OPENING + 4_000, price: 26_501, qty: 2 },
      { at: OPENING + 4_100, price: [26_502, 26_503], qty: 1 },
    ],
    lengthMs: 6_000,
    speed: 20,
  });

  const { events, until } = linkTo(gateway.url);
  await until("the end", (event) => event.kind === "marketEnded");

  const isFirst = events.findIndex((event) => event.kind === "venueGreeted");
  const kinds = events.slice(isFirst).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind !== "timePassed")).toEqual([
    "venueGreeted",
    "linkChanged",
    "quote",
    "tradeTick",
    "quote",
    "quote",
    "marketEnded",
  ]);
  expect(events.find((event) => event.kind === "tradeTick")).toEqual({
    kind: "tradeTick",
    at: OPENING + 4_000,
    instrument: GOLD.id,
    price: 26_501,
    qty: 2,
    aggressor: expect.any(String) as string,
  });
  const times = events.map((event) => ("at" in event ? event.at : 0)).filter((at) => at > 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("a market order is accepted and filled, with what it cost", async () => {
  const { url } = await practiceGateway();
  const { link, report, up } = linkTo(url);
  await up();

  link.send(aSubmit("k1-1"));
  const { venueOrderId: id } = await report("accepted", "k1-1");
  const { fill } = await report("filled", "k1-1");

  expect(Number(id)).toBeGreaterThan(3_400_000_000);
  expect(fill).toMatchObject({ accountId: ACCOUNT, instrument: GOLD.id, side: "buy", qty: 1 });
  expect(fill.price).toBe(26_501);
  expect(fill.fee).toBeGreaterThan(0n);
});

test("a limit order works, is moved, and is canceled", async () => {
  const { url } = await practiceGateway();
  const { link, report, reports, up } = linkTo(url);
  await up();
  const id = clientOrderId("k1-1");

  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  const { venueOrderId } = await report("accepted");
  const change = { accountId: ACCOUNT, clientOrderId: id, venueOrderId };
  link.send({ kind: "modifyOrder", ...change, qty: lots(1), terms: limitAt(26_390) });
  await report("modified");
  link.send({ kind: "cancelOrder", ...change });
  await report("canceled");

  expect(reports()).toEqual([
    { kind: "accepted", clientOrderId: id, venueOrderId },
    { kind: "modified", clientOrderId: id, qty: 1, terms: limitAt(26_390) },
    { kind: "canceled", clientOrderId: id, venueFilledQty: 0, reason: "canceled at the venue" },
  ]);
});

test("a snapshot holds what works, what was filled and what is held", async () => {
  const { url } = await practiceGateway();
  const { link, report, snapshot, up } = linkTo(url);
  await up();

  link.send(aSubmit("k1-1", { qty: lots(2) }));
  await report("filled");
  link.send(aSubmit("k1-2", { side: "sell", terms: stopAt(26_400), reduceOnly: true }));
  const { venueOrderId } = await report("accepted", "k1-2");
  const seen = await snapshot();

  expect(seen.orders).toMatchObject([
    { clientOrderId: "k1-1", state: "filled", filledQty: 2 },
    { clientOrderId: "k1-2", venueOrderId, state: "working", side: "sell", terms: stopAt(26_400) },
  ]);
  expect(seen.fills).toMatchObject([{ clientOrderId: "k1-1", qty: 2 }]);
  expect(seen.positions).toEqual([{ instrument: GOLD.id, qty: 2, avgEntryTicks: 26_501 }]);
  expect(seen.suspended).toEqual([]);
});

test("legs that wait for their entry are listed as such, not as working", async () => {
  const { url } = await practiceGateway();
  const { link, report, snapshot, up } = linkTo(url);
  await up();

  link.send(aSubmit("k1-1", { terms: limitAt(26_400), bracket: aBracket(20, 40) }));
  await report("accepted", "k1-1");
  const seen = await snapshot();

  expect(seen.orders.map((order) => order.clientOrderId)).toEqual(["k1-1"]);
  expect(seen.suspended).toMatchObject([
    { clientOrderId: "k1-1-SL", role: "stopLoss", side: "sell", qty: 1 },
    { clientOrderId: "k1-1-TP", role: "takeProfit", side: "sell", qty: 1 },
  ]);
});

test("legs work from the fill on, at their distances from it", async () => {
  const { url } = await practiceGateway();
  const { link, report, snapshot, up } = linkTo(url);
  await up();

  link.send(aSubmit("k1-1", { bracket: aBracket(20, 40) }));
  await report("filled", "k1-1");
  const seen = await eventually("the legs", async () => {
    const snap = await snapshot();
    return snap.orders.length === 3 && snap;
  });

  expect(seen.orders).toMatchObject([
    { clientOrderId: "k1-1", state: "filled" },
    { clientOrderId: "k1-1-SL", state: "working", terms: stopAt(26_481) },
    { clientOrderId: "k1-1-TP", state: "working", terms: limitAt(26_541) },
  ]);
});

test("the venue's reason for a refusal is passed on as it was said", async () => {
  const { url } = await practiceGateway();
  const { link, report, reports, up } = linkTo(url);
  await up();

  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  await report("accepted");
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  const { reason } = await report("rejected");

  expect(reason).toMatch(/already in use/u);
  expect(reports().map(({ kind }) => kind)).toEqual(["accepted", "rejected"]);
});

test("orders placed elsewhere are told with a key of their own, and their fills at once", async () => {
  const { url } = await practiceGateway();
  const { report, up, outsider } = linkTo(url);
  await up();

  await outsider().post("Order/place", {
    accountId: PRACTICE_ACCOUNT,
    contractId: GOLD_CONTRACT,
    type: 2,
    side: 1,
    size: 3,
  });
  const { fill } = await report("filled");

  expect(fill).toMatchObject({ side: "sell", qty: 3, price: 26_500 });
  expect(fill.clientOrderId).toMatch(/^ext-\d+$/u);
});

test("what is not known at the venue is refused here, and what reduces is not held back by it", async () => {
  const { url } = await practiceGateway();
  const { link, reports, up } = linkTo(url);
  await up();

  link.send(
    aSubmit("k1-1", { terms: { type: "stopLimit", stopPrice: 1, limitPrice: 1 } as never }),
  );
  link.send(aSubmit("k1-2", { terms: limitAt(26_400), timeInForce: "ioc" }));
  link.send(aSubmit("k1-3", { bracket: aBracket(3) }));
  await eventually("the refusals", () => reports().length === 3);

  expect(reports().map((one) => "reason" in one && one.reason)).toEqual([
    "ProjectX takes no stopLimit orders; use a stop",
    "ProjectX knows no ioc orders; use day or gtc",
    "the stop of a bracket at ProjectX is at least 4 ticks away, found 3",
  ]);
});

test("nothing is ever sent for an account that is observed", async () => {
  const { url } = await practiceGateway();
  const accounts = [{ accountId: ACCOUNT, venueName: "PRAC-V2-1", arming: "observe" as const }];
  const { link, alerts, reports, up } = linkTo(url, { accounts });
  await up();

  const id = clientOrderId("k1-1");
  const change = { accountId: ACCOUNT, clientOrderId: id, venueOrderId: venueOrderId("7") };
  link.send(aSubmit("k1-1", { reduceOnly: true }));
  link.send({ kind: "cancelOrder", ...change });
  link.send({ kind: "modifyOrder", ...change, qty: lots(1), terms: limitAt(1) });

  expect(reports().map(({ kind }) => kind)).toEqual([
    "rejected",
    "cancelRejected",
    "modifyRejected",
  ]);
  expect(alerts.map(({ code }) => code)).toEqual(["sendWithheld", "sendWithheld", "sendWithheld"]);
});

test("a guarded account sends what reduces and nothing else", async () => {
  const { url } = await practiceGateway();
  const { link, report, up } = linkTo(url);
  await up();
  link.send(aSubmit("k1-1"));
  await report("filled");

  link.arm(ACCOUNT, "guard");
  link.send(aSubmit("k1-2"));
  link.send(aSubmit("k1-3", { side: "sell", reduceOnly: true }));

  expect(await report("rejected")).toMatchObject({ clientOrderId: "k1-2" });
  expect(await report("filled", "k1-3")).toMatchObject({ fill: { side: "sell" } });
});

test("the state of the connection is there for whoever asks", async () => {
  const { url } = await practiceGateway();
  const { link, report, snapshot, up } = linkTo(url);
  expect(link.health()).toBe(null);
  await up();
  link.send(aSubmit("k1-1"));
  await report("filled");
  await snapshot();

  const health = link.health();

  expect(health).toEqual({
    link: "up",
    reason: "connected",
    now: expect.any(Number) as number,
    tokenLifeLeftMs: expect.any(Number) as number,
    userHub: { isUp: true, lastMessageAgeMs: expect.any(Number) as number, attempts: 1 },
    marketHub: { isUp: true, lastMessageAgeMs: expect.any(Number) as number, attempts: 1 },
    budgetLeft: { general: expect.any(Number) as number, history: 40 },
    clockSkewMs: 0,
    displacedCount: 0,
    isDisplaced: false,
    reconciling: [],
    offTickCount: 0,
    accounts: [
      {
        accountId: ACCOUNT,
        name: "PRAC-V2-1",
        balance: expect.any(Number) as number,
        canTrade: true,
      },
    ],
    contracts: [{ instrument: GOLD.id, contractId: GOLD_CONTRACT, problem: null }],
  });
  expect(health?.tokenLifeLeftMs).toBeGreaterThan(86_000_000);
});

test("the balance of an account is known before it changes", async () => {
  const { url } = await practiceGateway();
  const { link, up } = linkTo(url);

  await up();

  expect(link.health()?.accounts).toEqual([
    { accountId: ACCOUNT, name: "PRAC-V2-1", balance: 50_000, canTrade: true },
  ]);
});

test("a contract whose ticks are worth something else is neither heard nor traded", async () => {
  const { url } = await practiceGateway();
  const instrument = { ...GOLD, tickValue: moneyFrom(10) };
  const { link, alerts, report, up } = linkTo(url, {
    instruments: [{ instrument, contractId: null }],
  });
  await up();

  link.send(aSubmit("k1-1"));

  const problem = `MGC: a tick of ${GOLD_CONTRACT} is worth 1 at the venue and 10 here`;
  expect(await report("rejected")).toMatchObject({ reason: problem });
  expect(alerts).toEqual([
    { severity: "critical", code: "notTraded", text: `Not traded: ${problem}` },
  ]);
});

test("a link that was closed says nothing more and leaves nothing behind", async () => {
  const { url } = await practiceGateway();
  const { link, events, up } = linkTo(url);
  await up();

  await link.close();
  const told = events.length;
  await new GatewayClient(url).send("/practice/time");

  expect(events.length).toBe(told);
  expect(events.filter(isUp).length).toBe(1);
  expect(events.filter(isDown)).toEqual([]);
});
