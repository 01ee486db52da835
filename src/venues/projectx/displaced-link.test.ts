import { expect, test } from "vitest";
import type { DurationMs } from "#core/domain/units.ts";
import type { FeedEvent } from "#ports/venue.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { hastyClock } from "#test/kit/hasty-clock.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { aSubmit, linkTo } from "#test/kit/projectx-link.ts";

// A link whose session others have taken for good: what it still does, and how often it logs in for that.

test("R12: what a close did is read with the next log-in when the session was taken before", async () => {
  const { made, gateway, later } = await displaced();
  const { link, alerts } = made;

  await gateway.fault("expiredToken", { operation: "Position/searchOpen", count: 1 });
  link.send(CLOSE);
  await eventually("the list to fail", () => alerts.some(({ code }) => code === "snapshotFailed"));
  link.send(ASK);
  await logInsAre(gateway, 7);
  later(60_000);
  const { fills, positions } = await made.snapshot();

  expect([fills.length, positions]).toEqual([2, []]);
  await logInsAre(gateway, 8);
  expect(link.health()).toMatchObject({ link: "down", isDisplaced: true });
});

test("nothing is logged in for an entry, nor for a list that nothing waits for", async () => {
  const { made, gateway } = await displaced();
  const { link, report, alerts } = made;

  link.send(aSubmit("k1-3"));
  await report("rejected", "k1-3");
  for (let time = 0; time < 3; time += 1) link.send(ASK);
  await eventually("the list to fail", () => alerts.some(({ code }) => code === "snapshotFailed"));
  link.send(ASK);
  await eventually("the last list", () => link.health()?.reconciling.length === 0);

  await logInsAre(gateway, 6);
  expect(alerts.filter(({ code }) => code === "snapshotFailed")).toHaveLength(1);
});

test.each([
  ["restarts that drop sessions", "restart", { keepSessions: false }],
  ["sessions that the venue lets expire", "expiredToken", {}],
])("R13: %s do not stop the link from logging in", async (_what, kind, settings) => {
  const { url } = await practiceGateway();
  const { link, events, up } = linkTo(url);
  await up();

  for (let time = 0; time < 4; time += 1) {
    const back = kind === "restart" ? up() : undefined;
    await new GatewayClient(url).fault(kind, settings).catch(hungUp);
    await back;
    const before = lists(events);
    await eventually("a list", () => {
      if (link.health()?.reconciling.length === 0) link.send(ASK);
      return lists(events) > before;
    });
  }

  expect(link.health()).toMatchObject({ link: "up", displacedCount: 0, isDisplaced: false });
  await logInsAre(new GatewayClient(url), 5);
});

function lists(events: readonly FeedEvent[]): number {
  return events.filter(({ kind }) => kind === "accountReported").length;
}

/** A gateway that restarts hangs up on whoever asked for it, too. */
function hungUp(error: unknown): void {
  expect(error).toBeInstanceOf(TypeError);
}

const CLOSE = aSubmit("k1-2", { side: "sell", reduceOnly: true });
const ASK = { kind: "requestSnapshot", accountId: CLOSE.accountId, since: 0 as never } as const;

/** A link that holds one lot. Three log-ins were its own, three those of others. */
async function displaced() {
  const { url } = await practiceGateway();
  let ahead = 0;
  const clock = hastyClock(5_000 as DurationMs);
  const monotonicMs = (): number => realClock.monotonicMs() + ahead;
  const made = linkTo(url, { clock: { ...clock, monotonicMs } });
  const { link, report, up } = made;
  await up();
  link.send(aSubmit("k1-1"));
  await report("filled");
  await made.snapshot();
  for (let time = 0; time < 2; time += 1) await taken(url, up());
  const isOver = () => link.health()?.tokenLifeLeftMs === null && link.health()?.isDisplaced;
  await taken(url, eventually("the end", isOver));
  return { made, gateway: new GatewayClient(url), later: (ms: number) => void (ahead += ms) };
}

async function taken(url: string, after: Promise<unknown>): Promise<void> {
  await new GatewayClient(url).logIn();
  await after;
}

async function logInsAre(gateway: GatewayClient, count: number): Promise<void> {
  const calls = await gateway.calls();
  expect(calls["Auth/loginKey"]).toBe(count);
}
