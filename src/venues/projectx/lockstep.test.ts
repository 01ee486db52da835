import { expect, onTestFinished, test } from "vitest";
import type { EpochMs } from "#core/domain/units.ts";
import type { FeedEvent, OnFeed } from "#ports/venue.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { OPENING } from "#test/kit/builders.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { type GatewayWishes, practiceGateway } from "#test/kit/practice-gateway.ts";
import { type TestLink, aSubmit, linkTo } from "#test/kit/projectx-link.ts";

const ROWS = [
  { at: OPENING, price: [26_500, 26_501] as const, qty: 10 },
  { at: (OPENING + 1_000) as EpochMs, price: 26_502, qty: 1 },
  { at: (OPENING + 2_000) as EpochMs, price: [26_510, 26_511] as const, qty: 10 },
  { at: (OPENING + 2_000) as EpochMs, price: 26_511, qty: 1 },
  { at: (OPENING + 60_000) as EpochMs, price: 26_512, qty: 1 },
];

test("the venue waits until everything that a step brought was answered", async () => {
  const { events, until } = await lockstepDesk({ rows: ROWS }, (event, { link }) => {
    if (event.kind !== "tradeTick") return;
    link.send(aSubmit(`k1-${event.price}`));
  });
  await until("the end", (event) => event.kind === "marketEnded");

  const told = events.flatMap((event) => {
    if (event.kind === "tradeTick") return [`trade ${event.price}`];
    if (event.kind !== "orderReported" || event.report.kind !== "filled") return [];
    const { fill } = event.report;
    return [`${fill.clientOrderId} at ${fill.price}, ${fill.at - OPENING} ms`];
  });
  expect(told).toEqual([
    "trade 26502",
    "k1-26502 at 26502, 1000 ms",
    "trade 26511",
    "k1-26511 at 26511, 2000 ms",
    "trade 26512",
    "k1-26512 at 26512, 60000 ms",
  ]);
});

test("time goes no farther than the desk's next deadline", async () => {
  const { events, until } = await lockstepDesk(
    { rows: ROWS },
    () => undefined,
    (now) => (Math.floor(now / 500) * 500 + 500) as EpochMs,
  );
  await until(
    "half a minute",
    (event) => event.kind === "timePassed" && event.at > OPENING + 30_000,
  );

  const times = new Set(events.flatMap((event) => (event.kind === "timePassed" ? [event.at] : [])));
  const wanted = Array.from({ length: 60 }, (_, index) => OPENING + 500 * (index + 1));
  expect(wanted.filter((at) => !times.has(at as EpochMs))).toEqual([]);
});

test("a cut in the middle does not end the march", async () => {
  const desk = await lockstepDesk({ rows: ROWS }, (event, { link }) => {
    if (event.kind === "tradeTick") link.send(aSubmit(`k1-${event.price}`));
  });
  const gateway = new GatewayClient(desk.url);

  await desk.until("a trade", (event) => event.kind === "tradeTick");
  await gateway.fault("hubCut", { hub: "user" });
  await gateway.fault("hubCut", { hub: "market" });
  await desk.until("the end", (event) => event.kind === "marketEnded");

  expect(desk.events.filter(({ kind }) => kind === "tradeTick").length).toBeGreaterThan(0);
});

/** A link whose feed is handled as a desk does it: what came in one turn, then word that it was handled. */
async function lockstepDesk(
  wishes: GatewayWishes,
  onEvent: (event: FeedEvent, desk: TestLink) => void,
  wakeAt: (now: EpochMs) => EpochMs | null = () => null,
): Promise<TestLink & { readonly url: string }> {
  const { url } = await practiceGateway({ lockstep: true, lengthMs: 120_000, ...wishes });
  const inbox: FeedEvent[] = [];
  const onFeed: OnFeed = (events) => void inbox.push(...events);
  const desk = linkTo(url, { onFeed });
  let now = OPENING;
  const stop = realClock.every(1, () => {
    for (const event of inbox.splice(0)) {
      desk.events.push(event);
      if ("at" in event) now = event.at;
      onEvent(event, desk);
    }
    if (inbox.length === 0) desk.link.handled(wakeAt(now));
  });
  onTestFinished(stop);
  return { ...desk, url };
}
