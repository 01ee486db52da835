import { expect, test } from "vitest";
import { KillList } from "./kill-list.ts";
import type { Hit, Kill } from "./schedule.ts";

const SNAPSHOT: Kill = { kind: "point", point: "duringSnapshot", passes: 2 };
const FLATTEN: Kill = { kind: "point", point: "duringFlatten", passes: 1 };
const RANDOM: Kill = { kind: "random", when: "late", afterMs: 7 };

test("kills that went as they should count, each once", () => {
  const list = new KillList([SNAPSHOT, RANDOM]);

  const verdicts = allOf(list, ["duringSnapshot", "random"]);

  expect(verdicts).toEqual(["counts", "counts"]);
});

test("a point that was missed takes the place of the next random kill", () => {
  const list = new KillList([SNAPSHOT, FLATTEN, RANDOM]);

  const first = list.note("random");

  expect(first).toBe("counts");
  expect(allOf(list, ["duringFlatten", "duringSnapshot"])).toEqual(["counts", "counts"]);
});

test("a missed point with no random kill left is tried again, and the miss does not count", () => {
  const list = new KillList([SNAPSHOT, FLATTEN]);

  const verdicts = allOf(list, ["random", "random", "duringSnapshot", "duringFlatten"]);

  expect(verdicts).toEqual(["extra", "extra", "counts", "counts"]);
});

test("a point that is never passed ends the proof", () => {
  const list = new KillList([SNAPSHOT]);
  for (let missed = 0; missed < 20; missed += 1) list.note("random");

  expect(() => list.note("random")).toThrow("duringSnapshot was missed 20 times");
});

/** What a list makes of kills that went so, which have to be all of it. */
function allOf(list: KillList, hits: readonly Hit[]): readonly string[] {
  const verdicts = hits.map((hit) => list.note(hit));
  expect(list.next()).toBeUndefined();
  return verdicts;
}
