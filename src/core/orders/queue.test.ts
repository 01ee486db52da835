import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountId, botId, clientOrderId } from "#core/domain/ids.ts";
import type { OrderIntent, OrderSource } from "#core/domain/order.ts";
import { epochMs, lots } from "#core/domain/units.ts";
import { accountGate } from "#core/risk/account-gate.ts";
import { type Approved, decideIntent } from "#core/risk/gate.ts";
import { RiskView } from "#core/risk/risk-view.ts";
import { ACCOUNT, anAccountConfig, anIntent } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { OrderQueue, type QueueBounds } from "./queue.ts";

const OTHER = accountId("PRACTICE-2");

const person = (name: string): OrderSource => ({ kind: "person", name });
const bot = (name: string): OrderSource => ({ kind: "bot", botId: botId(name) });
const exit = { side: "sell", reduceOnly: true } as const;

describe("what goes first", () => {
  test("is what reduces risk, the most urgent before the rest, then people, then bots", () => {
    const queue = queueOf({});

    offer(queue, {
      bot: { source: bot("b") },
      person: { source: person("ann") },
      desk: { source: { kind: "desk" } },
      target: { ...exit, purpose: "takeProfit", source: bot("t") },
      exit: { ...exit, purpose: "exit", source: bot("e") },
      reducingEntry: { ...exit, source: bot("c") },
      stop: { ...exit, purpose: "stopLoss", source: bot("s") },
      close: { ...exit, purpose: "riskClose", source: bot("r") },
    });

    expect(drain(queue, 0)).toEqual([
      "close",
      "stop",
      "target",
      "exit",
      "reducingEntry",
      "person",
      "desk",
      "bot",
    ]);
  });

  test("is, among equals, whose source has waited longest, each in its own order", () => {
    const queue = queueOf({});

    offer(queue, {
      a1: { source: bot("a") },
      a2: { source: bot("a") },
      a3: { source: bot("a") },
      b1: { source: bot("b") },
      c1: { source: bot("c") },
      b2: { source: bot("b") },
      p1: { source: person("ann") },
      p2: { source: person("ann") },
      q1: { source: person("bob") },
    });

    expect(drain(queue, 0)).toEqual(["p1", "q1", "p2", "a1", "b1", "c1", "a2", "b2", "a3"]);
  });

  test("is not decided by a name that a person and a bot share", () => {
    const queue = queueOf({});

    offer(queue, { first: { source: bot("x") } });
    drain(queue, 0);
    offer(queue, { bob: { source: person("x") }, bot: { source: bot("x") } });
    offer(queue, { ann: { source: person("y") } });

    expect(drain(queue, 0)).toEqual(["bob", "ann", "bot"]);
  });

  test("is decided per account where nobody in particular asks", () => {
    const queue = queueOf({});

    offer(queue, { mine: { source: { kind: "desk" } } });
    drain(queue, 0);
    offer(queue, {
      again: { source: { kind: "desk" } },
      other: { source: { kind: "desk" }, accountId: OTHER },
    });

    expect(drain(queue, 0)).toEqual(["other", "again"]);
  });
});

describe("entries", () => {
  test("go no faster than the bucket of their account fills", () => {
    const queue = queueOf({ perSecond: 2, burst: 3 });
    offer(queue, { a: {}, b: {}, c: {}, d: {}, e: {}, f: {} });

    const taken = [0, 499, 500, 1_000, 10_000].map((now) => [drain(queue, now), next(queue, now)]);

    expect(taken).toEqual([
      [["a", "b", "c"], 500],
      [[], 500],
      [["d"], 1_000],
      [["e"], 1_500],
      [["f"], Number.POSITIVE_INFINITY],
    ]);
  });

  test("of one account do not wait for those of another", () => {
    const queue = queueOf({ perSecond: 1, burst: 1 });
    offer(queue, { a: {}, b: {} });
    expect(drain(queue, 0)).toEqual(["a"]);
    offer(queue, { c: { accountId: OTHER }, d: { accountId: OTHER } });

    expect(drain(queue, 400)).toEqual(["c"]);
    expect(next(queue, 400)).toBe(1_000);
  });

  test("of bots wait like those of people, and a bucket holds no more than its burst", () => {
    const queue = queueOf({ perSecond: 10, burst: 1 });
    offer(queue, { a: { source: bot("a") } });
    drain(queue, 0);

    offer(queue, { b: { source: bot("b") }, c: { source: bot("c") } });

    expect(drain(queue, 60_000)).toEqual(["b"]);
    expect(next(queue, 60_000)).toBe(60_100);
  });

  test("never make wait what reduces risk", () => {
    const queue = queueOf({ perSecond: 1, burst: 1 });
    offer(queue, { entry: {}, later: {}, close: { ...exit, purpose: "riskClose" }, sell: exit });

    expect(drain(queue, 0)).toEqual(["close", "sell", "entry"]);
  });

  test("may go at once again after the bounds were set anew", () => {
    const queue = queueOf({ perSecond: 1, burst: 1 });
    offer(queue, { a: {}, b: {} });
    drain(queue, 0);

    queue.configure({ capacity: 9, perSecond: 1, burst: 1 });

    expect(drain(queue, 0)).toEqual(["b"]);
  });
});

describe("a full queue", () => {
  test("takes no entries, but always what reduces risk", () => {
    const queue = queueOf({ capacity: 2 });

    const room = [queue.hasRoom({ reduceOnly: false })];
    offer(queue, { a: {} });
    room.push(queue.hasRoom({ reduceOnly: false }));
    offer(queue, { b: exit });
    room.push(queue.hasRoom({ reduceOnly: false }), queue.hasRoom({ reduceOnly: true }));

    expect(room).toEqual([true, true, false, true]);
    expect(queue.size).toBe(2);
  });

  test("has room again for what was taken back", () => {
    const queue = queueOf({ capacity: 3 });
    offer(queue, { a: {}, b: {}, c: {} });

    queue.remove(clientOrderId("unknown"));
    queue.remove(clientOrderId("b"));

    expect(queue.hasRoom({ reduceOnly: false })).toBe(true);
    expect([queue.ids(), queue.size, drain(queue, 0)]).toEqual([["a", "c"], 2, ["a", "c"]]);
  });
});

test("only what passed the gate is queued", () => {
  const forged = { order: approved("forged", {}).order } as Approved;

  expect(() => queueOf({}).offer(forged)).toThrow("only the gate fills the queue");
});

test("whatever waits goes once, in the order of urgency, and no faster than allowed", () => {
  const anOffer = fc.record({
    after: fc.nat(400),
    person: fc.constantFrom("ann", "bob"),
    reduces: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anOffer, { maxLength: 30 }), (offers) => {
      const queue = queueOf({ perSecond: 5, burst: 2 });
      const taken: { readonly id: string; readonly at: number }[] = [];
      let now = 0;
      for (const [index, { after, person: name, reduces }] of offers.entries()) {
        now += after;
        const id = `${reduces ? "r" : "e"}${index}`;
        offer(queue, { [id]: { ...(reduces ? exit : {}), source: person(name) } });
        taken.push(...drain(queue, now).map((one) => ({ id: one, at: now })));
        if (reduces) expect(taken.some((one) => one.id === id && one.at === now)).toBe(true);
      }
      while (queue.size > 0) {
        now = Math.ceil(next(queue, now));
        const released = drain(queue, now);
        expect(released.length).toBeGreaterThan(0);
        taken.push(...released.map((id) => ({ id, at: now })));
      }

      const entries = taken.filter(({ id }) => id.startsWith("e"));
      expect(new Set(taken.map(({ id }) => id)).size).toBe(offers.length);
      for (const { at } of entries) {
        const within = entries.filter((one) => one.at >= at && one.at < at + 1_000).length;
        expect(within).toBeLessThanOrEqual(2 + 5);
      }
    }),
  );
});

function queueOf(bounds: Partial<QueueBounds>): OrderQueue {
  const queue = new OrderQueue();
  queue.configure({ capacity: 100, perSecond: 100, burst: 100, ...bounds });
  return queue;
}

function offer(queue: OrderQueue, intents: Readonly<Record<string, Partial<OrderIntent>>>): void {
  for (const [id, intent] of Object.entries(intents)) queue.offer(approved(id, intent));
}

function approved(id: string, overrides: Partial<OrderIntent>): Approved {
  const intent = anIntent(overrides);
  const view = viewOfLongs();
  const gate = accountGate(anAccountConfig({ accountId: intent.accountId }));
  const stamp = { clientOrderId: clientOrderId(id), queueUntil: epochMs(0) };
  const verdict = decideIntent(intent, gate, view, stamp);
  if (verdict.kind === "denied") throw new Error(`denied: ${verdict.denial.code}`);
  return verdict.approved;
}

function drain(queue: OrderQueue, now: number): readonly string[] {
  const ids: string[] = [];
  for (let id = queue.take(epochMs(now)); id !== undefined; id = queue.take(epochMs(now))) {
    ids.push(id);
  }
  return ids;
}

function next(queue: OrderQueue, now: number): number {
  return queue.nextReleaseAt(epochMs(now));
}

let known: RiskView | undefined;

/** Long in both accounts, so that everything may go through the gate. Made when first needed. */
function viewOfLongs(): RiskView {
  if (known !== undefined) return known;
  const accounts = [anAccountConfig(), anAccountConfig({ accountId: OTHER })];
  const desk = new TestDesk({ session: { accounts } });
  for (const account of [ACCOUNT, OTHER]) desk.place({ accountId: account, qty: lots(9) });
  known = new RiskView(desk.state, desk.desk.market);
  known.now = desk.now;
  return known;
}
