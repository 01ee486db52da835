import { expect, test } from "vitest";
import { denialSentence } from "#cli/sentences.ts";
import { ACCOUNT, OPENING, aBracket, anEntry } from "#test/kit/builders.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";
import { agreement } from "#test/kit/practice-truth.ts";
import { SettableClock } from "#test/kit/settable-clock.ts";

// A desk whose clock is wrong, over a gateway whose time is the wall's.

const ROWS = Array.from({ length: 600 }, (_, index) => ({
  at: OPENING + index * 100 + 1,
  price: [26_500, 26_501] as const,
}));
const BUY = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT, type: 2, side: 0, size: 1 };
const ENTRY = anEntry({ bracket: aBracket(50, 90) });

test("R12, R13: with a clock that is wrong entries are denied and closes go, until it is right", async () => {
  const clock = new SettableClock(-4_500);
  const { url } = await practiceGateway({ rows: ROWS });
  const gateway = new GatewayClient(url);
  const { now, dated: http } = clock;
  const desk = new GatewayDesk(url, { kind: "projectx", now, http });
  await desk.ready();

  const told = await desk.told("our clock is");
  const denied = await desk.ask(ENTRY);
  await desk.outsider().post("Order/place", BUY);
  await desk.until("what was bought elsewhere", ({ positions }) => positions.length === 1);
  await desk.ask({ kind: "flatten", accountId: ACCOUNT });
  await desk.flat();
  const { positions } = await gateway.holdings();

  clock.aheadMs = 0;
  await desk.outsider().post("Order/place", BUY);
  await desk.until("what was bought again", (status) => status.positions.length === 1);
  await desk.ask({ kind: "flatten", accountId: ACCOUNT });
  await desk.until("the clock to be right", ({ degraded }) => degraded === null);
  await desk.flat();
  await desk.ask(ENTRY);
  await desk.working(2);
  const truth = await agreement(desk, gateway);

  const reason =
    /our clock is \d+ ms behind the venue's, where 1000 ms are the most; set it right, and entries are taken again/u;
  expect(told).toMatch(reason);
  if (denied?.kind !== "result" || denied.result.kind !== "denied") throw new Error("No denial");
  expect(denied.result.denial).toMatchObject({ code: "deskDegraded" });
  expect(denialSentence(denied.result.denial)).toMatch(reason);
  expect(positions).toEqual([]);
  expect([truth.positions, truth.working.length]).toEqual([[1], 2]);
});
