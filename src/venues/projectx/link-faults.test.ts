import { expect, test } from "vitest";
import { type EpochMs } from "#core/domain/units.ts";
import type { FeedEvent } from "#ports/venue.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { ACCOUNT, OPENING, limitAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { addressOf, aSubmit, isDown, isUp, linkTo } from "#test/kit/projectx-link.ts";

// Each fault of the practice gateway, and the rule that holds all the same.

test("R3, R5: an order whose answer was lost is unconfirmed, and found by its tag", async () => {
  const { url } = await practiceGateway();
  const { link, report, reports, snapshot, up } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();

  await gateway.fault("lostAnswer", { operation: "Order/place", count: 1 });
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  await report("unconfirmed");
  const { orders } = await snapshot();

  expect(orders).toMatchObject([{ clientOrderId: "k1-1", state: "working" }]);
  expect(reports().map(({ kind }) => kind)).not.toContain("rejected");
  expect(await receivedOf(gateway, "k1-1")).toBe(1);
});

test.each([
  ["an error of the server after it was done", "serverError", { when: "after" }],
  ["a page of a proxy", "badGateway", { when: "after" }],
  ["an answer that breaks off", "malformedBody", {}],
])("R3: %s does not say that an order was refused", async (_name, kind, settings) => {
  const { url } = await practiceGateway();
  const { link, report, reports, up } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();

  await gateway.fault(kind, { operation: "Order/place", count: 1, ...settings });
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  await report("unconfirmed");

  expect(reports().map((one) => one.kind)).not.toContain("rejected");
  expect(await receivedOf(gateway, "k1-1")).toBe(1);
});

test.each([
  ["a server error", "serverError", {}],
  ["a page of a proxy", "badGateway", {}],
  ["an answer that breaks off", "malformedBody", {}],
])("R3: %s instead of a list is not an empty list", async (_name, kind, settings) => {
  const { url } = await practiceGateway();
  const { link, report, events, alerts, up } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();
  link.send(aSubmit("k1-1"));
  await report("filled");

  await gateway.fault(kind, { operation: "Position/searchOpen", ...settings });
  link.send({ kind: "requestSnapshot", accountId: ACCOUNT, since: 0 as never });
  await eventually("a warning", () => alerts.some(({ code }) => code === "snapshotFailed"));

  expect(events.filter((event) => event.kind === "accountReported")).toEqual([]);
});

test("R12: a session that ended is renewed on the way, and the cancel is sent", async () => {
  const { url } = await practiceGateway();
  const { link, report, up } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  const { venueOrderId, clientOrderId } = await report("accepted");

  await gateway.fault("expiredToken", { operation: "Order/cancel", count: 1 });
  link.send({ kind: "cancelOrder", accountId: ACCOUNT, clientOrderId, venueOrderId });

  await eventually("the end", async () => {
    const { body } = await gateway.send("/practice/holdings");
    return JSON.stringify(body["orders"]).includes('"status":3');
  });
});

test("R2: an entry whose session ended is sent once if the link still stands, else not at all", async () => {
  const { url } = await practiceGateway();
  const { link, reports, up } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();

  await gateway.fault("expiredToken", { operation: "Order/place", count: 1 });
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  const { kind } = await eventually("the answer", () => reports()[0]);

  expect(["accepted", "rejected"]).toContain(kind);
  expect(await receivedOf(gateway, "k1-1")).toBe(kind === "accepted" ? 1 : 0);
});

test("R12: what adds risk gives way when it is too much, what reduces is sent again", async () => {
  const { url } = await practiceGateway();
  const { link, report, up } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  const { venueOrderId, clientOrderId } = await report("accepted");

  await gateway.fault("tooManyRequests", { operation: "Order/place", count: 1 });
  link.send(aSubmit("k1-2"));
  const { reason } = await report("rejected");
  await gateway.fault("tooManyRequests", { operation: "Order/cancel", count: 2 });
  link.send({ kind: "cancelOrder", accountId: ACCOUNT, clientOrderId, venueOrderId });
  await report("canceled");

  expect(reason).toBe("the venue takes no more requests for now (HTTP 429)");
  expect(await receivedOf(gateway, "k1-2")).toBe(0);
});

test("R7: fills told twice are told once, in whatever order", async () => {
  const { url } = await practiceGateway();
  const { link, report, reports, up, snapshot } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();

  await gateway.fault("duplicateEvents");
  await gateway.fault("outOfOrderEvents", { hub: "user" });
  await gateway.fault("stringIds");
  link.send(aSubmit("k1-1"));
  await report("filled");
  await snapshot();

  expect(reports().filter(({ kind }) => kind === "filled")).toHaveLength(1);
});

test("R7, R13: a fill that the hub never told makes the desk compare itself with the venue", async () => {
  const { url } = await practiceGateway();
  const { link, report, up, until } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();

  await gateway.fault("silentFeed", { hub: "user", event: "GatewayUserTrade", count: 1 });
  link.send(aSubmit("k1-1"));
  await report("accepted");
  const doubt = (event: FeedEvent): boolean => isUp(event) && isDoubt(event);

  expect(await until("doubt", doubt)).toMatchObject({ kind: "linkChanged", up: true });
});

test("R13: lists that lag behind the hub are read again", async () => {
  const { url } = await practiceGateway({ speed: 10 });
  const { link, report, up, snapshot } = linkTo(url, { clock: realClock });
  const gateway = new GatewayClient(url);
  await up();

  await gateway.fault("staleLists", { ms: 3_000 });
  link.send(aSubmit("k1-1"));
  await report("filled");
  const { positions, fills } = await snapshot();

  expect([positions.length, fills.length]).toEqual([1, 1]);
});

test("fifty cuts: one attempt at a time, each subscribed once, and data go on", async () => {
  const later = { at: (OPENING + 600_000) as EpochMs, price: 26_510, qty: 1 };
  const first = { at: OPENING, price: [26_500, 26_501] as const, qty: 10 };
  const { url } = await practiceGateway({ rows: [first, later] });
  const { link, events, report, up, until } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();
  const hows = ["tcp", "close", "closeReconnect", "normal"];

  for (let cut = 0; cut < 50; cut += 1) {
    const back = up();
    const hub = cut % 3 === 0 ? null : cut % 3 === 1 ? "user" : "market";
    await gateway.fault("hubCut", { hub, how: hows[cut % hows.length] });
    await back;
  }
  link.send(aSubmit("k1-1"));
  await report("filled");

  const body = JSON.stringify({ speed: 3_000 });
  await gateway.send("/practice/time", { method: "POST", body });
  await until("the trade", ({ kind }) => kind === "tradeTick");
  await until("time to pass", (event) => event.kind === "timePassed" && event.at > later.at);

  expect(events.filter(({ kind }) => kind === "tradeTick")).toHaveLength(1);
  const health = link.health();
  expect(health?.userHub.attempts).toBeLessThanOrEqual(51);
  expect(health?.marketHub.attempts).toBeLessThanOrEqual(51);
  expect(events.filter(isUp).length).toBe(51);
  const told = events
    .filter((event) => event.kind === "orderReported")
    .map(({ report: { kind } }) => kind);
  expect(told).toEqual(["accepted", "filled"]);
});

test("a hub that is refused is tried again for ever, and told of once", async () => {
  const { url } = await practiceGateway();
  const gateway = new GatewayClient(url);
  await gateway.fault("refusedHub", { hub: "market", status: 503 });

  const { link, events, up } = linkTo(url);
  await eventually("a few attempts", () => (link.health()?.marketHub.attempts ?? 0) > 5);
  await gateway.send("/practice/faults", { method: "DELETE" });
  await up();

  expect(events.filter(isDown)).toHaveLength(1);
});

test("an ended session is followed by a new one on both hubs", async () => {
  const { url } = await practiceGateway();
  const { link, up } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();

  const back = up();
  await gateway.fault("gatewayLogout");
  await back;

  expect(link.health()).toMatchObject({ link: "up", displacedCount: 1 });
});

test("the third time somebody takes the session, the link leaves it to them", async () => {
  const { url } = await practiceGateway();
  const { link, events, reports, up } = linkTo(url);
  await up();
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));

  for (let time = 0; time < 2; time += 1) {
    const back = up();
    await new GatewayClient(url).logIn();
    await back;
  }
  await new GatewayClient(url).logIn();
  const last = await eventually("the end", () =>
    events.findLast(
      (event) =>
        isDown(event) && "reason" in event && event.reason.includes("another program or web login"),
    ),
  );
  link.send(aSubmit("k1-2"));

  expect(last).toMatchObject({
    reason: expect.stringContaining("three times within ten minutes") as string,
  });
  await eventually("the refusal", () => reports().some(({ kind }) => kind === "rejected"));
  expect(link.health()).toMatchObject({
    link: "down",
    displacedCount: 3,
    isDisplaced: true,
    tokenLifeLeftMs: null,
  });
});

test("a wrong key is told as such and not tried again at once", async () => {
  const { url } = await practiceGateway();
  const address = addressOf(url);
  const credentials = { ...address.credentials, apiKey: "wrong" };

  const { events, until } = linkTo(url, { address: { ...address, credentials } });
  const down = await until("the refusal", isDown);

  expect(down).toMatchObject({ reason: expect.stringContaining("log-in refused: ") as string });
  expect(events).toHaveLength(1);
});

test("nobody there is told once, and the link comes up when somebody is", async () => {
  const gone = await practiceGateway();
  await gone.stop();
  const port = Number(new URL(gone.url).port);

  const { events, up, until } = linkTo(gone.url);
  await until("nobody", isDown);
  const back = up();
  await practiceGateway({ port });
  await back;

  expect(events.filter(isDown)).toHaveLength(1);
});

test("R9: a restart of the venue in the middle is survived, and what rested is found", async () => {
  const { url } = await practiceGateway();
  const { link, report, snapshot, up } = linkTo(url);
  const gateway = new GatewayClient(url);
  await up();
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  await report("accepted");

  const back = up();
  // It hangs up on whoever asked for it, too.
  await gateway
    .fault("restart", { keepOrders: true, keepSessions: false, downMs: 50 })
    .catch((error: unknown) => expect(error).toBeInstanceOf(TypeError));
  await back;

  expect((await snapshot()).orders).toMatchObject([{ clientOrderId: "k1-1", state: "working" }]);
});

test("an account the venue does not have is named, and nothing is traded for it", async () => {
  const { url } = await practiceGateway();
  const accounts = [
    { accountId: ACCOUNT, venueName: "PRAC-V2-1", arming: "trade" as const },
    { accountId: "OTHER" as typeof ACCOUNT, venueName: "EXPRESS-7", arming: "trade" as const },
  ];
  const { link, alerts, report, up } = linkTo(url, { accounts });
  await up();

  link.send(aSubmit("k1-1", { accountId: "OTHER" as typeof ACCOUNT }));

  expect(await report("rejected")).toMatchObject({ reason: "the venue has no account for OTHER" });
  expect(alerts).toMatchObject([
    { text: "Not traded: the venue has no active account EXPRESS-7; it has PRAC-V2-1" },
  ]);
});

/** How often the gateway has received a custom tag; zero when it never did. */
async function receivedOf(gateway: GatewayClient, tag: string): Promise<number> {
  const { body } = await gateway.send("/practice/holdings");
  const orders = body["orders"] as readonly { customTag: string | null; received: number }[];
  return orders.find(({ customTag }) => customTag === tag)?.received ?? 0;
}

function isDoubt(event: FeedEvent): boolean {
  return event.kind === "linkChanged" && event.reason.includes("did not tell all its fills");
}
