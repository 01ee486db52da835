import { expect, test } from "vitest";
import { ACCOUNT, OPENING, aBracket, anEntry } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";
import { agreement } from "#test/kit/practice-truth.ts";

const ROWS = Array.from({ length: 3_000 }, (_, index) => ({
  at: OPENING + index * 500 + 1,
  price: index % 2 === 0 ? ([26_500, 26_501] as const) : 26_501,
}));
const SELL = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT, type: 2, side: 1, size: 1 };

test("R13: a socket that is only half open is given up after half a minute, and the desk catches up", async () => {
  const { url } = await practiceGateway({ rows: ROWS, speed: 10 });
  const gateway = new GatewayClient(url);
  const desk = new GatewayDesk(url);
  await desk.ready();
  await desk.ask(anEntry({ bracket: aBracket(50, 90) }));
  await desk.working(2);

  await gateway.fault("halfOpen", { hub: "user", durationMs: 25_000 });
  await desk.outsider().post("Order/place", SELL);
  const isFlat = async (): Promise<boolean> => (await desk.status()).positions.length === 0;
  await eventually("what was sold elsewhere", isFlat, 60_000);
  await desk.ask({ kind: "flatten", accountId: ACCOUNT });

  expect(await agreement(desk, gateway)).toEqual({ positions: [], working: [] });
});
