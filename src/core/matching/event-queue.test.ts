import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { EventQueue, type Scheduled } from "./event-queue.ts";

describe("what comes first", () => {
  test("is what is due first, then what has the lower rank, then what was scheduled first", () => {
    const queue = queueOf([event(5, 1, "c"), event(4, 9, "a"), event(5, 1, "d"), event(5, 0, "b")]);

    expect(drain(queue)).toEqual(["a", "b", "c", "d"]);
  });

  test("is known before it is taken, and never when there is nothing", () => {
    const queue = queueOf([event(5, 1, "b"), event(4, 1, "a")]);

    const seen = [queue.nextAt, queue.pop()?.item, queue.nextAt, queue.pop()?.item, queue.nextAt];

    expect(seen).toEqual([4, "a", 5, "b", Number.POSITIVE_INFINITY]);
    expect(queue.pop()).toBeUndefined();
  });
});

test("events come out as a stable sort would order them, however pushes and pops mix", () => {
  const anEvent = fc.record({ at: fc.nat(5), rank: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(fc.option(anEvent, { nil: "pop" as const })), (steps) => {
      const queue = new EventQueue<number>();
      let model: Scheduled<number>[] = [];
      for (const [index, step] of steps.entries()) {
        if (step === "pop") {
          expect(queue.pop()?.item).toBe(model[0]?.item);
          model = model.slice(1);
        } else {
          const next = { at: epochMs(step.at), rank: step.rank, item: index };
          queue.push(next);
          model = [...model, next].sort((a, b) => a.at - b.at || a.rank - b.rank);
        }
        expect(queue.nextAt).toBe(model[0]?.at ?? Number.POSITIVE_INFINITY);
      }
      expect(queue.list()).toEqual(model);
    }),
  );
});

function event(at: number, rank: number, item: string): Scheduled<string> {
  return { at: epochMs(at), rank, item };
}

function queueOf(events: readonly Scheduled<string>[]): EventQueue<string> {
  const queue = new EventQueue<string>();
  for (const next of events) queue.push(next);
  return queue;
}

function drain(queue: EventQueue<string>): readonly string[] {
  const items: string[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) items.push(next.item);
  return items;
}
