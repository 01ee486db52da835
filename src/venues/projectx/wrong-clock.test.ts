import { expect, onTestFinished, test } from "vitest";
import type { DurationMs } from "#core/domain/units.ts";
import { limitAt } from "#test/kit/builders.ts";
import { hastyClock } from "#test/kit/hasty-clock.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { aSubmit, addressOf, linkTo } from "#test/kit/projectx-link.ts";
import { SettableClock } from "#test/kit/settable-clock.ts";
import { pooledHttp } from "#venues/net/pooled-http.ts";

// The last question before an entry leaves, whatever the desk thinks of the clock.

test.each([
  ["ahead of", 4_500],
  ["behind", -4_500],
])("R12, R13: with a clock %s the venue's entries stay, closes go", async (side, aheadMs) => {
  const { link, report } = await linkWith(new SettableClock(aheadMs));

  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  link.send(aSubmit("k1-2", { side: "sell", reduceOnly: true }));

  expect(await report("rejected", "k1-1")).toMatchObject({
    reason: expect.stringMatching(
      new RegExp(
        `^our clock is \\d+ ms ${side} the venue's, where 1000 ms are the most; set it right, and entries are taken again$`,
        "u",
      ),
    ),
  });
  expect(await report("filled", "k1-2")).toMatchObject({ kind: "filled" });
});

test("a clock that is set right lets entries go again, with the next answer of the venue", async () => {
  const clock = new SettableClock(-4_500);
  const { link, report } = await linkWith(clock);
  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));
  await report("rejected", "k1-1");

  clock.aheadMs = 0;
  link.send(aSubmit("k1-2", { side: "sell", reduceOnly: true }));
  await report("filled", "k1-2");
  link.send(aSubmit("k1-3", { terms: limitAt(26_400) }));

  expect(await report("accepted", "k1-3")).toMatchObject({ kind: "accepted" });
  expect(link.health()).toMatchObject({ clockSkewMs: 0 });
});

test("a clock that is right within a second blocks nothing", async () => {
  const { link, report } = await linkWith(new SettableClock(900));

  link.send(aSubmit("k1-1", { terms: limitAt(26_400) }));

  expect(await report("accepted", "k1-1")).toMatchObject({ kind: "accepted" });
});

/** A link to a venue whose time is the wall's, which the clock here is wrong about. */
async function linkWith(clock: SettableClock) {
  const { url } = await practiceGateway();
  const http = pooledHttp();
  onTestFinished(() => http.close());
  const made = linkTo(url, {
    address: { ...addressOf(url), kind: "projectx" },
    clock: { ...hastyClock(5_000 as DurationMs), now: clock.now },
    http: clock.dated(http.send),
  });
  await made.up();
  return made;
}
