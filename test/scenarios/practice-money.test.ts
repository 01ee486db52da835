import { expect, test } from "vitest";
import { lots, moneyFrom } from "#core/domain/units.ts";
import { OPENING, aBracket, anEntry } from "#test/kit/builders.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { agreement } from "#test/kit/practice-truth.ts";

// The balance of the desk is what the rules of the firm are about, so it has to be the firm's.

const ROWS = Array.from({ length: 3_000 }, (_, index) => ({
  at: OPENING + index * 500 + 1,
  price: index % 2 === 0 ? ([26_500, 26_501] as const) : 26_501,
}));

test.each([
  ["told by the hub", false],
  ["found in the lists, which leave commissions out,", true],
])("fills %s cost what the firm has taken", async (_how, isSilent) => {
  const { desk, gateway } = await deskOver(50_000);
  const hidden = { event: "GatewayUserTrade", durationMs: 3_000 };
  if (isSilent) await gateway.fault("silentFeed", hidden);

  await desk.ask(anEntry({ qty: lots(3), bracket: aBracket(50, 90) }));
  await desk.until("the position", ({ positions }) => positions.length > 0);
  await desk.working(2);
  await agreement(desk, gateway);

  const balance = await balanceAt(desk);
  const { accounts } = await desk.status();
  expect(accounts[0]?.balance).toBe(moneyFrom(balance));
  expect(balance).toBeLessThan(50_000);
  expect(findings(desk)).toEqual([]);
});

test("a desk that begins has what the firm says, whatever the configuration", async () => {
  const { desk } = await deskOver(49_873.26);

  const { accounts } = await desk.status();

  expect(accounts[0]?.balance).toBe(moneyFrom(49_873.26));
  expect(findings(desk)).toEqual([]);
});

async function deskOver(balance: number) {
  const accounts = [{ balance: moneyFrom(balance) }];
  const { url } = await practiceGateway({ rows: ROWS, speed: 2, accounts });
  const desk = new GatewayDesk(url);
  await desk.ready();
  return { desk, gateway: new GatewayClient(url) };
}

async function balanceAt(desk: GatewayDesk): Promise<number> {
  const { body } = await desk.outsider().post("Account/search", { onlyActiveAccounts: true });
  const [account] = body["accounts"] as readonly { readonly balance: number }[];
  return account?.balance ?? Number.NaN;
}

function findings({ alerts }: GatewayDesk): readonly string[] {
  return alerts.filter((text) => text.includes("the venue's balance"));
}
