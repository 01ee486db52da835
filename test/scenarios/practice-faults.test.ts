import { describe, expect, test } from "vitest";
import { type DurationMs, lots } from "#core/domain/units.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { OPENING, aBracket, anEntry, limitAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk, type GatewayDeskWishes } from "#test/kit/gateway-desk.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { agreement } from "#test/kit/practice-truth.ts";

// Each switch of the practice gateway, and a whole desk that trades on: in the end desk and gateway hold the same, no
// intent has become two orders, and every position has its stop. Named after the rule that makes it so.

const ROWS = Array.from({ length: 3_000 }, (_, index) => ({
  at: OPENING + index * 500 + 1,
  price: index % 2 === 0 ? ([26_500, 26_501] as const) : 26_501,
}));
const ENTRY = anEntry({ bracket: aBracket(50, 90) });
const PLACE = { operation: "Order/place", count: 1 };

describe("an entry whose answer is spoilt fills and is protected, once", () => {
  test.each([
    ["R3, R5: the answer is lost", "lostAnswer", PLACE],
    ["R3: the answer takes longer than the desk waits", "delay", { ...PLACE, ms: 900 }],
    ["R2: the request is held up on its way", "delay", { ...PLACE, ms: 900, when: "before" }],
    ["R3: an error of the server after it was done", "serverError", { ...PLACE, when: "after" }],
    ["R3: a page of a proxy after it was done", "badGateway", { ...PLACE, when: "after" }],
    ["R3: an answer that breaks off", "malformedBody", PLACE],
    ["R15: every event comes twice", "duplicateEvents", {}],
    ["R7: events change places", "outOfOrderEvents", { hub: "user" }],
    ["R7: ids are text", "stringIds", {}],
    ["R7, R13: no fill is told", "silentFeed", { event: "GatewayUserTrade", durationMs: 1_500 }],
    ["R10, R13: the user hub is silent", "silentFeed", { hub: "user", durationMs: 1_500 }],
    ["R13: the lists lag behind", "staleLists", { ms: 3_000, durationMs: 2_500 }],
  ])("%s", async (_name, kind, settings) => {
    const { desk, gateway } = await deskOver();

    await gateway.fault(kind, settings);
    await desk.ask(ENTRY);
    await desk.until("the position", ({ positions }) => positions.length > 0);

    const truth = await agreement(desk, gateway);
    expect([truth.positions, truth.working.length]).toEqual([[1], 2]);
  });
});

describe("an entry that did not arrive is over, and the next one goes", () => {
  test.each([
    ["R4: too many requests", "tooManyRequests", PLACE],
    ["R5: the request is lost", "lostRequest", PLACE],
    ["R5: an error of the server before anything was done", "serverError", PLACE],
    ["R5: a page of a proxy before anything was done", "badGateway", PLACE],
    [
      "R2, R12: the token is worth nothing, and the new log-in ends the hubs",
      "expiredToken",
      PLACE,
    ],
    ["R4: the venue refuses", "rejectOrders", { count: 1, message: "No." }],
  ])("%s", async (_name, kind, settings) => {
    const { desk, gateway } = await deskOver();

    await gateway.fault(kind, settings);
    await desk.ask(ENTRY);
    const before = await agreement(desk, gateway);
    const { at } = await desk.status();
    await desk.until("the pause that too much brings", (status) => status.at > at + 6_000);
    await desk.ask({ ...ENTRY, qty: lots(2) });
    await desk.until("the position", ({ positions }) => positions.length > 0);

    const after = await agreement(desk, gateway);
    expect(before).toEqual({ positions: [], working: [] });
    expect([after.positions, after.working.length]).toEqual([[2], 2]);
  });
});

test.each(["tcp", "close", "closeReconnect", "normal"])(
  "R10, R13: hubs that are cut (%s) while an entry fills leave it protected",
  async (how) => {
    const { desk, gateway } = await deskOver();

    await gateway.fault("refusedHub", { durationMs: 500 });
    await desk.ask(ENTRY);
    await gateway.fault("hubCut", { how });
    await desk.until("the position", ({ positions }) => positions.length > 0);

    const truth = await agreement(desk, gateway);
    expect([truth.positions, truth.working.length]).toEqual([[1], 2]);
  },
);

test("R13: with a hub gone there are no entries, and what reduces risk goes on (R12)", async () => {
  const { desk, gateway } = await deskOver();
  await desk.ask(ENTRY);
  await desk.working(2);

  await gateway.fault("refusedHub", {});
  await gateway.fault("hubCut", {});
  await desk.until("the link to be down", isCut);
  const denied = await desk.ask(anEntry({ terms: limitAt(26_400) }));
  await desk.ask({ kind: "flatten", accountId: ENTRY.accountId });
  await untilFlatAt(gateway);
  await gateway.send("/practice/faults", { method: "DELETE" });

  expect(denied).toMatchObject({ result: { denial: { code: "accountNotReady" } } });
  expect(await agreement(desk, gateway)).toEqual({ positions: [], working: [] });
});

test("R3, R5: a venue that takes its time with every order keeps the one stop of a position", async () => {
  const { desk, gateway } = await deskOver({ session: { answerTimeout: 20_000 as DurationMs } });

  // More than a tenth of the time that an answer has, and less than all of it.
  await gateway.fault("delay", { operation: "Order/place", ms: 800, when: "before" });
  await desk.ask(ENTRY);
  await desk.working(2);

  expect((await gateway.holdings()).orders).toHaveLength(3);
  const truth = await agreement(desk, gateway);
  expect([truth.positions, truth.working.length]).toEqual([[1], 2]);
});

test("R2, R13: a session that has expired everywhere is renewed, and nothing is sent twice", async () => {
  const { desk, gateway } = await deskOver();
  await desk.ask(ENTRY);
  await desk.working(2);

  await gateway.fault("expiredToken");
  await desk.ask(anEntry({ terms: limitAt(26_400), bracket: aBracket(30, null) }));
  await desk.working(3);

  const truth = await agreement(desk, gateway);
  expect([truth.positions, truth.working.length]).toEqual([[1], 3]);
});

test.each([
  ["R14: that keeps what rests leaves stop and target", true, 2],
  ["R10: that forgets what rests brings another stop, and gives up the target", false, 1],
])("a restart of the venue %s", async (_name, keepOrders, left) => {
  const { desk, gateway } = await deskOver();
  await desk.ask(ENTRY);
  await desk.working(2);
  const before = await agreement(desk, gateway);

  // It hangs up on whoever asked for it, too.
  const restart = { keepOrders, keepSessions: false, downMs: 100 };
  await gateway.fault("restart", restart).catch((error: unknown) => {
    expect(error).toBeInstanceOf(TypeError);
  });
  await desk.until("the link to be down", isCut);

  const after = await agreement(desk, gateway);
  expect([after.positions, after.working.length]).toEqual([[1], left]);
  expect(after.working.filter((id) => before.working.includes(id))).toEqual(
    keepOrders ? before.working : [],
  );
});

test("R13: a session that is taken three times in ten minutes is left to whoever takes it", async () => {
  const { desk, gateway } = await deskOver();
  await desk.ask(ENTRY);
  await desk.working(2);

  for (const time of [1, 2]) {
    await new GatewayClient(gateway.url).logIn();
    await desk.until("the session back", ({ venue }) => {
      return venue?.link === "up" && venue.displacedCount === time;
    });
    await agreement(desk, gateway);
  }
  await new GatewayClient(gateway.url).logIn();
  const { venue } = await desk.until("the end of it", (status) => {
    return status.venue?.displacedCount === 3 && status.venue.tokenLifeLeftMs === null;
  });
  const denied = await desk.ask(anEntry());

  expect(venue?.reason).toContain("another program or web login uses this ProjectX user");
  expect(denied).toMatchObject({ result: { denial: { code: "accountNotReady" } } });
  const { positions, working } = await gateway.holdings();
  expect([positions.length, working.length]).toEqual([1, 2]);
});

function isCut({ accounts }: DeskStatus): boolean {
  return accounts.every(({ ready }) => !ready);
}

async function untilFlatAt(gateway: GatewayClient): Promise<void> {
  await eventually("no position at the venue", async () => {
    return (await gateway.holdings()).positions.length === 0;
  });
}

async function deskOver(wishes: GatewayDeskWishes = {}) {
  const { url } = await practiceGateway({ rows: ROWS, speed: 10 });
  const desk = new GatewayDesk(url, wishes);
  await desk.ready();
  return { desk, gateway: new GatewayClient(url) };
}
