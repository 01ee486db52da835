import { expect, test } from "vitest";
import type { FeedEvent } from "#ports/venue.ts";
import { OPENING } from "#test/kit/builders.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { linkTo } from "#test/kit/projectx-link.ts";

// A subscription is greeted with the whole quote; later ones name only what changed.

const FIRST = { at: OPENING, price: [26_500, 26_501] as const };
const LATER = { at: OPENING + 600_000, price: [26_500, 26_502] as const };

test("the touch that greeted the subscription is told with the link, and one side of it changes later", async () => {
  const { url } = await practiceGateway({ rows: [FIRST, LATER] });
  const { events, until, up } = linkTo(url);
  await up();

  const body = JSON.stringify({ speed: 3_000 });
  await new GatewayClient(url).send("/practice/time", { method: "POST", body });
  await until("the change", (event) => event.kind === "quote" && event.at === LATER.at);

  const heard = sinceGreeting(events);
  const touches = heard.flatMap((event) =>
    event.kind === "quote" ? [[event.bidPrice, event.askPrice]] : [],
  );
  expect(touches).toEqual([
    [26_500, 26_501],
    [26_500, 26_502],
  ]);
  expect(heard.slice(0, 3).map(({ kind }) => kind)).toEqual([
    "venueGreeted",
    "linkChanged",
    "quote",
  ]);
});

test("a touch of long ago is not told as one of now", async () => {
  const rows = [{ ...FIRST, at: OPENING - 3_600_000 }, LATER];
  const { url } = await practiceGateway({ rows, historyFrom: rows[0]?.at as never });
  const { events, up } = linkTo(url);

  await up();

  expect(sinceGreeting(events).filter(({ kind }) => kind === "quote")).toEqual([]);
});

/** What a desk hears: nothing before there is a link. */
function sinceGreeting(events: readonly FeedEvent[]): readonly FeedEvent[] {
  return events.slice(events.findIndex(({ kind }) => kind === "venueGreeted"));
}
