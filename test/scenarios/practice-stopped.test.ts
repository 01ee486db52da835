import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { keel } from "#cli/cli-scenario.ts";
import { moneyFrom } from "#core/domain/units.ts";
import type { ControlMessage } from "#runtime/control.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { OPENING, anEntry } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import { GOLD_CONTRACT, PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";

// A firm that stops an account which has lost too much, and the desk that hears of it late, or by its answers alone.

const ROWS = Array.from({ length: 3_000 }, (_, index) => ({
  at: OPENING + index * 500 + 1,
  price: [26_500, 26_501] as const,
}));
/** Loses more than the firm allows at once, by the spread and the fees. */
const TOO_MUCH = {
  accountId: PRACTICE_ACCOUNT,
  contractId: GOLD_CONTRACT,
  type: 2,
  side: 0,
  size: 3,
};

test("an account that is stopped while the link is down takes no entries when it is up again", async () => {
  const { desk, gateway } = await deskOver();

  await gateway.fault("refusedHub", {});
  await gateway.fault("hubCut", {});
  await desk.until("the link to be down", ({ venue }) => venue?.link === "down");
  await stopAccount(desk, gateway);
  await gateway.send("/practice/faults", { method: "DELETE" });
  await desk.until("the account to be compared", isBack);
  const denied = await run(desk, "submit PRACTICE-1 buy 1 MGC");
  const listed = await run(desk, "accounts");

  expect(denied.code).toBe(3);
  expect(denied.err).toMatch(/^Order denied: the venue has stopped PRACTICE-1 and lets it open/u);
  expect(listed.out).toMatch(/PRAC-V2-1 +49,99\d\.\d\d +no +PRACTICE-1/u);
  expect(stopsTold(desk)).toHaveLength(1);
  expect((await gateway.calls())["Order/place"]).toBe(1);
});

test("a restarted desk knows that its account is stopped, and tells it once", async () => {
  const { desk, gateway, url } = await deskOver();
  await stopAccount(desk, gateway);
  await desk.until("the account to be stopped", isStopped);
  await desk.stop();

  const again = new GatewayDesk(url, { dataFolder: desk.dataFolder });
  await again.ready();

  expect(await again.ask(anEntry())).toMatchObject({
    result: { kind: "denied", denial: { code: "accountStopped" } },
  });
  expect([stopsTold(desk).length, stopsTold(again).length]).toEqual([1, 0]);
});

test("an order that the firm refuses because the account is stopped is the last one", async () => {
  const { desk, gateway } = await deskOver();
  await gateway.fault("silentFeed", { event: "GatewayUserAccount" });
  await stopAccount(desk, gateway);

  const sent = await desk.ask(anEntry());
  await desk.until("the account to be stopped", isStopped);
  const denied = await desk.ask(anEntry());

  expect([sent, denied]).toMatchObject([
    { result: { kind: "accepted" } },
    { result: { kind: "denied", denial: { code: "accountStopped" } } },
  ]);
  expect(stopsTold(desk)).toHaveLength(1);
  // The one that lost too much, and the one that was refused.
  expect((await gateway.calls())["Order/place"]).toBe(2);
});

async function deskOver() {
  const accounts = [{ dailyLoss: moneyFrom(3) }];
  const { url } = await practiceGateway({ rows: ROWS, speed: 2, accounts });
  const desk = new GatewayDesk(url);
  await desk.ready();
  return { desk, gateway: new GatewayClient(url), url };
}

async function stopAccount(desk: GatewayDesk, gateway: GatewayClient): Promise<void> {
  await desk.outsider().post("Order/place", TOO_MUCH);
  await eventually("the firm to stop the account", async () => {
    const { accounts, positions } = await gateway.holdings();
    return accounts.every(({ canTrade }) => !canTrade) && positions.length === 0;
  });
}

function isBack({ venue, accounts }: DeskStatus): boolean {
  return venue?.link === "up" && accounts.every(({ ready }) => ready);
}

function isStopped({ accounts }: DeskStatus): boolean {
  return accounts.every((account) => account.isStopped);
}

function stopsTold({ alerts }: GatewayDesk): readonly string[] {
  return alerts.filter((text) => text.includes("the venue has stopped it"));
}

function run(desk: GatewayDesk, command: string) {
  const askDesk = (_folder: string, message: ControlMessage) => desk.say(message);
  return keel(command, { strategies: STRATEGIES, askDesk }, { newId: () => randomUUID() });
}
