import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { localAddress } from "#ports/local-address.ts";
import type { FeedEvent } from "#ports/venue.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { OPENING } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { practiceVenue, temporaryFolder } from "#test/kit/practice-venue.ts";
import { SimulatedLink } from "./simulated-link.ts";

test("market data, time and the state of the link come in their order", async () => {
  const venue = await practiceVenue({
    rows: [{ at: OPENING + 2_000, price: 26_500 }],
    lengthMs: 4_000,
    // Stands still until the link is there.
    speed: 0.001,
  });

  const { events, until } = linkTo(venue.address);
  await until("the link", isUp);
  await venue.observer().ask({ kind: "setSpeed", speed: 1_000 }, "done");
  await until("the end", (event) => event.kind === "marketEnded");

  const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== "timePassed");
  expect(kinds).toEqual(["venueGreeted", "linkChanged", "tradeTick", "marketEnded"]);
});

test("a link that was cut comes back by itself", async () => {
  const venue = await practiceVenue();
  const { events, until } = linkTo(venue.address);
  await until("the link", isUp);

  await venue.stop();
  await until("the end of the link", (event) => event.kind === "linkChanged" && !event.up);
  events.length = 0;
  await practiceVenue({ address: venue.address });

  await until("the link", isUp);
});

test("a venue that is not there is reported once, however often it is tried", async () => {
  const { events, link } = linkTo(join(temporaryFolder(), "nobody.sock"));
  await eventually("a few attempts", () => attempts > 3);
  await link.close();

  expect(events).toMatchObject([{ kind: "linkChanged", up: false }]);
});

test("a desk whose place was taken does not fight for it", async () => {
  const venue = await practiceVenue();
  const { events, until } = linkTo(venue.address);
  await until("the link", isUp);

  const other = venue.desk();
  await until("the end of the link", (event) => event.kind === "linkChanged" && !event.up);
  const attemptsThen = attempts;
  await eventually("time to try again", () => other.lines.length > 100);

  expect(events.slice(-2)).toMatchObject([
    { reason: expect.stringContaining("another desk") as string },
    { kind: "displaced" },
  ]);
  expect([attempts, other.isClosed]).toEqual([attemptsThen, false]);
});

test("a line that cannot be read ends the link and says what is wrong", async () => {
  const address = await strangeServer(
    '{"kind":"hello","protocol":2,"now":5,"laps":1,"replaced":false}\n{"kind":"tick"}\n',
  );

  const { events, until } = linkTo(address);
  await until("the end of the link", (event) => event.kind === "linkChanged" && !event.up);

  expect(events.at(-1)).toMatchObject({
    reason: expect.stringContaining("kind: expected one of hello") as string,
  });
});

test("fields that this release does not know are passed over", async () => {
  const address = await strangeServer(
    '{"kind":"hello","protocol":2,"now":5,"laps":1,"replaced":false,"mood":"good"}\n',
  );

  const { until } = linkTo(address);

  await until("the link", isUp);
});

/** How often any link of this file has waited to try again. */
let attempts = 0;

function linkTo(address: string) {
  const events: FeedEvent[] = [];
  const link = new SimulatedLink({
    address: localAddress(address),
    clock: { ...realClock, sleep: () => realClock.sleep(1) },
    random: () => {
      attempts += 1;
      return 0;
    },
    onFeed: (told) => void events.push(...told),
  });
  onTestFinished(() => link.close());
  const until = (what: string, isMeant: (event: FeedEvent) => boolean) =>
    eventually(what, () => events.find(isMeant));
  return { events, link, until };
}

function isUp(event: FeedEvent): boolean {
  return event.kind === "linkChanged" && event.up;
}

/** Something that says one thing to whoever connects. */
async function strangeServer(text: string): Promise<string> {
  const path = join(temporaryFolder(), "strange.sock");
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.write(text);
    onTestFinished(() => void socket.destroy());
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(path, () => resolve()));
  return path;
}
