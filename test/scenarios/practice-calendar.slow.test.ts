import { expect, test } from "vitest";
import { type EpochMs, epochMs, lots } from "#core/domain/units.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { aBracket, anEntry } from "#test/kit/builders.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import type { Row } from "#test/kit/memory-source.ts";
import { PRACTICE_ACCOUNT, practiceGateway } from "#test/kit/practice-gateway.ts";

// Practice time rules, whatever the day: trading day, hours and the end of a lockout follow from it alone.

const ENTRY = anEntry({ bracket: aBracket(200, 400) });
/**
 * Where no quote comes for an hour the gateway skips the time: quotes come for so many seconds after the start, after
 * the opening and after the roll. A test that is slow to look must still find some ahead.
 */
const SECONDS = [120, 2_400, 7_200] as const;
const FAST = 1_000;

test.each([
  ["a Saturday", "2026-03-14T15:00Z", "2026-03-15T22:00Z", "2026-03-16T22:00Z"],
  [
    "the day before clocks go forward",
    "2026-03-07T15:00Z",
    "2026-03-08T22:00Z",
    "2026-03-09T22:00Z",
  ],
  ["the day before clocks go back", "2026-10-31T15:00Z", "2026-11-01T23:00Z", "2026-11-02T23:00Z"],
  ["Good Friday", "2026-04-03T15:00Z", "2026-04-05T22:00Z", "2026-04-06T22:00Z"],
  ["Christmas", "2026-12-25T15:00Z", "2026-12-27T23:00Z", "2026-12-28T23:00Z"],
])("a desk that starts on %s trades, is locked and is free again", async (_name, ...instants) => {
  const [from, opens, rolls] = instants.map(instant) as [EpochMs, EpochMs, EpochMs];
  const { desk, gateway } = await deskFrom({ from, opens, rolls });
  await desk.ready();
  const closed = await desk.ask(ENTRY);

  await playTo(desk, gateway, opens);
  const opened = await desk.ask({ ...ENTRY, qty: lots(2) });
  await desk.working(2);
  await loseSome(desk);
  const { lockouts } = await desk.until("the lockout", (status) => status.lockouts.length > 0);
  await desk.flat();
  const locked = await desk.ask(ENTRY);

  await playTo(desk, gateway, rolls);
  const freed = await desk.status();
  const again = await desk.ask({ ...ENTRY, qty: lots(3) });
  await desk.working(2);

  expect(closed).toMatchObject({ result: { denial: { code: "outsideTradingHours" } } });
  expect(opened).toMatchObject({ result: { kind: "accepted" } });
  expect(lockouts).toMatchObject([{ rule: "RULE-003", until: rolls }]);
  expect(locked).toMatchObject({ result: { denial: { code: "accountLocked" } } });
  expect(freed.lockouts).toEqual([]);
  expect(freed.accounts).toMatchObject([{ dayNet: 0n, roundTrips: 0 }]);
  expect(again).toMatchObject({ result: { kind: "accepted" } });
});

test.each([
  ["a Saturday", "2026-03-14T15:00Z"],
  ["a holiday", "2026-12-25T12:00Z"],
  ["the night when clocks go forward", "2026-03-08T07:59:59.900Z"],
  ["the night when clocks go back", "2026-11-01T06:59:59.900Z"],
])("a machine whose own date is %s makes no difference", async (_name, date) => {
  const began = performance.now();
  const now = () => epochMs(instant(date) + Math.floor(performance.now() - began));
  const [opens, rolls] = [instant("2026-03-11T15:00Z"), instant("2026-03-11T22:00Z")];
  const { desk, gateway } = await deskFrom({ from: opens, opens, rolls }, now);
  await desk.ready();

  await desk.ask({ ...ENTRY, qty: lots(2) });
  await desk.working(2);
  await loseSome(desk);
  const { lockouts, venue } = await desk.until("the lockout", (status) => {
    return status.lockouts.length > 0 && status.venue !== null;
  });
  await desk.flat();
  await playTo(desk, gateway, rolls);
  const freed = await desk.status();

  expect(lockouts).toMatchObject([{ rule: "RULE-003", until: rolls }]);
  expect(venue).toMatchObject({ clockSkewMs: 0 });
  expect(freed).toMatchObject({ lockouts: [], degraded: null });
  expect(await desk.ask(ENTRY)).toMatchObject({ result: { kind: "accepted" } });
});

type Day = { readonly from: EpochMs; readonly opens: EpochMs; readonly rolls: EpochMs };

async function deskFrom({ from, opens, rolls }: Day, now = realClock.now) {
  const stretches = [from, opens, rolls].map((at, index) => quotesFrom(at, SECONDS[index] ?? 0));
  const rows = (from === opens ? stretches.slice(1) : stretches).flat();
  const lengthMs = rolls - from + SECONDS[2] * 1_000;
  const { url } = await practiceGateway({
    rows,
    from,
    lengthMs,
    speed: 10,
    clock: { ...realClock, now },
  });
  const desk = new GatewayDesk(url, {
    account: { rules: { daily_realized_loss: { limit: 3 } } },
    // Hours pass in milliseconds, and there is nothing to compare meanwhile.
    session: { reconcileEvery: null },
    now,
  });
  return { desk, gateway: new GatewayClient(url) };
}

/** One lot is sold elsewhere, at a loss. */
async function loseSome(desk: GatewayDesk): Promise<void> {
  const order = { accountId: PRACTICE_ACCOUNT, type: 2, side: 1, size: 1 };
  const { venue } = await desk.until("the contract", (status) => status.venue !== null);
  const contractId = venue?.contracts[0]?.contractId;
  await desk.outsider().post("Order/place", { ...order, contractId });
}

/** Lets practice time run to an instant, and then go on at a pace that can be followed. */
async function playTo(desk: GatewayDesk, gateway: GatewayClient, at: EpochMs): Promise<void> {
  await pace(gateway, FAST);
  await desk.until("the instant", (status) => status.at >= at);
  await pace(gateway, 10);
  const touched = await desk.status();
  await desk.until("news of the market", (status) => {
    return status.at > touched.at + 1_000 && status.accounts.every(({ ready }) => ready);
  });
}

async function pace(gateway: GatewayClient, speed: number): Promise<void> {
  const body = JSON.stringify({ speed });
  await gateway.send("/practice/time", { method: "POST", body });
}

function quotesFrom(at: EpochMs, seconds: number): readonly Row[] {
  return Array.from({ length: seconds }, (_, second) => quote(at + 1 + second * 1_000));
}

function quote(at: number): Row {
  return { at, price: [26_500, 26_501] };
}

function instant(text: string): EpochMs {
  return epochMs(Temporal.Instant.from(text).epochMilliseconds);
}
