import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { keel } from "#cli/cli-scenario.ts";
import type { ControlMessage } from "#runtime/control.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { OPENING, aBracket, anEntry } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { agreement } from "#test/kit/practice-truth.ts";

// Another login that takes the session of a whole desk three times within ten minutes, and what a person does then.

const ROWS = Array.from({ length: 3_000 }, (_, index) => ({
  at: OPENING + index * 500 + 1,
  price: index % 2 === 0 ? ([26_500, 26_501] as const) : 26_501,
}));
const ENTRY = anEntry({ bracket: aBracket(50, 90) });

test("a desk that has lost its session for good logs in again when a person says so", async () => {
  const { desk, gateway } = await displacedDesk();

  const denied = await run(desk, "submit PRACTICE-1 buy 1 MGC");
  const reconnected = await run(desk, "reconnect");
  await desk.until("the link", ({ venue }) => venue?.link === "up");
  const truth = await agreement(desk, gateway);
  const again = await run(desk, "reconnect");
  await desk.ask(ENTRY);
  await desk.working(4);

  expect(denied).toMatchObject({ code: 3, out: "" });
  expect(denied.err).toMatch(/^Order denied: PRACTICE-1 takes no entries now: the link is down: /u);
  expect(denied.err).toContain("End the other login, then run keel reconnect");
  expect(desk.alerts.filter((text) => text.includes("run keel reconnect"))).toHaveLength(1);
  expect(reconnected).toEqual({
    code: 0,
    out: "Accepted: logging in again; keel status shows when the link is up\n",
    err: "",
  });
  expect([truth.positions, truth.working.length]).toEqual([[1], 2]);
  expect(again).toEqual({
    code: 3,
    out: "",
    err: "Not possible: there is nothing to reconnect: the link to the venue is up\n",
  });
});

test("R12: a desk that is kept out closes its position, and reads what became of it", async () => {
  const { desk, gateway } = await displacedDesk();
  const before = await logIns(gateway);

  const closed = await run(desk, "flatten PRACTICE-1");
  const status = await eventually("the desk to know", () => flat(desk), ANSWER_TIMEOUT_MS);

  const { positions, working } = await gateway.holdings();
  const fills = desk
    .recorded()
    .flatMap(({ facts }) => facts)
    .filter(({ kind }) => kind === "fillBooked");
  expect(closed.code).toBe(0);
  expect([positions, working, fills.length]).toEqual([[], [], 2]);
  expect(status.venue).toMatchObject({
    link: "down",
    isDisplaced: true,
    userHub: { isUp: false },
    marketHub: { isUp: false },
  });
  expect(status.accounts).toMatchObject([{ ready: false }]);
  expect((await logIns(gateway)) - before).toBe(1);
});

/** As `GatewayDesk` has it. */
const ANSWER_TIMEOUT_MS = 3_000;

async function flat(desk: GatewayDesk): Promise<DeskStatus | undefined> {
  const status = await desk.status();
  const { orders, positions, enforcements } = status;
  return orders.length + positions.length + enforcements.length === 0 ? status : undefined;
}

async function logIns(gateway: GatewayClient): Promise<number> {
  return (await gateway.calls())["Auth/loginKey"] ?? 0;
}

/** A desk with a position and its legs. Others have taken its session three times. */
async function displacedDesk() {
  const { url } = await practiceGateway({ rows: ROWS, speed: 10 });
  const gateway = new GatewayClient(url);
  const desk = new GatewayDesk(url);
  await desk.ready();
  await desk.ask(ENTRY);
  await desk.working(2);
  for (const time of [1, 2]) {
    await new GatewayClient(url).logIn();
    await desk.until("the session back", ({ venue }) => {
      return venue?.link === "up" && venue.displacedCount === time;
    });
    await agreement(desk, gateway);
  }
  await new GatewayClient(url).logIn();
  await desk.until("the end of it", isDisplaced);
  return { desk, gateway };
}

function isDisplaced({ venue, accounts }: DeskStatus): boolean {
  const isKnown = accounts.every(({ readyReason }) => readyReason.includes("keel reconnect"));
  return venue?.isDisplaced === true && venue.tokenLifeLeftMs === null && isKnown;
}

/** A command as a person types it. */
function run(desk: GatewayDesk, args: string) {
  const askDesk = (_folder: string, message: ControlMessage) => desk.say(message);
  return keel(args, { strategies: STRATEGIES, askDesk }, { newId: () => randomUUID() });
}
