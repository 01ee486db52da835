import { expect, test } from "vitest";
import { CRASH_POINTS } from "#runtime/crash-point.ts";
import { EVERY_DESK, scheduleOf } from "./schedule.ts";
import { Seeded } from "./seeded.ts";

test("half of the kills are at the points, each as often as the others", () => {
  const kills = scheduleOf(28, new Seeded(1));

  const points = kills.flatMap((kill) => (kill.kind === "point" ? [kill.point] : []));
  expect(kills).toHaveLength(28);
  expect(points.toSorted()).toEqual([...CRASH_POINTS, ...CRASH_POINTS].toSorted());
});

test("a short run comes to every point", () => {
  const kills = scheduleOf(CRASH_POINTS.length, new Seeded(1));

  expect(kills.every(({ kind }) => kind === "point")).toBe(true);
});

test("where both sides die, half of what is not at the points is the venue's, while desks start and while they trade", () => {
  const kills = scheduleOf(56, new Seeded(1), { ...EVERY_DESK, sides: "both" });

  const lone = kills.flatMap((kill) =>
    kill.kind === "point" ? [] : [`${kill.when} ${kill.kind}`],
  );
  expect(lone.toSorted()).toEqual(
    ["early random", "early venue", "late random", "late venue"].flatMap((one) =>
      Array.from({ length: 7 }, () => one),
    ),
  );
});

test("a venue is killed and restarted, while desks start and while they trade", () => {
  const kills = scheduleOf(32, new Seeded(1), { ...EVERY_DESK, sides: "both" });

  const hows = kills.flatMap((kill) => (kill.kind === "venue" ? [`${kill.when} ${kill.how}`] : []));
  expect(hows.toSorted()).toEqual(
    ["early killed", "early restarted", "late killed", "late restarted"].flatMap((one) => [
      one,
      one,
    ]),
  );
});

test("a desk dies at no point that it does not come to", () => {
  const points = ["duringFlatten", "duringSnapshot"] as const;

  const kills = scheduleOf(8, new Seeded(1), { sides: "desk", points });

  expect(kills.flatMap((kill) => (kill.kind === "point" ? [kill.point] : [])).toSorted()).toEqual([
    "duringFlatten",
    "duringFlatten",
    "duringSnapshot",
    "duringSnapshot",
  ]);
});

test("one seed gives one schedule", () => {
  expect(scheduleOf(40, new Seeded(7))).toEqual(scheduleOf(40, new Seeded(7)));
  expect(scheduleOf(40, new Seeded(7))).not.toEqual(scheduleOf(40, new Seeded(8)));
});
