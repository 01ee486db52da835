import { expect, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { StampSource, millisecondTime, restTime, streamTime } from "./stamp.ts";

const at = (text: string) => epochMs(Temporal.Instant.from(text).epochMilliseconds);

test.each([
  ["2026-08-19T20:49:25.393Z", 8333, "25.3938333", "25.393833"],
  ["2026-08-16T23:26:02.156Z", 7300, "02.15673", "02.15673"],
  ["2026-08-19T16:25:38.921Z", 0, "38.921", "38.921"],
  ["2026-08-19T16:25:38.921Z", 9, "38.9210009", "38.921"],
  ["2026-08-19T20:51:00Z", 0, "00", "00"],
])("%s with %i steps of 100 ns is written as recorded", (text, sub, stream, rest) => {
  const stamp = { at: at(text), sub };
  const minute = text.slice(0, 17);

  expect(streamTime(stamp)).toBe(`${minute}${stream}+00:00`);
  expect(restTime(stamp)).toBe(`${minute}${rest}+00:00`);
});

test("public times have milliseconds, without zeros at the end", () => {
  expect(millisecondTime(at("2026-08-19T20:51:31.340Z"))).toBe("2026-08-19T20:51:31.34+00:00");
  expect(millisecondTime(at("2013-10-08T00:00:00Z"))).toBe("2013-10-08T00:00:00+00:00");
});

test("stamps only grow, within their millisecond", () => {
  const source = new StampSource();

  const stamps = Array.from({ length: 200 }, () => source.next(epochMs(5)));
  const earlier = source.next(epochMs(4));

  expect(stamps.slice(0, 2)).toEqual([
    { at: 5, sub: 137 },
    { at: 5, sub: 274 },
  ]);
  expect(stamps.at(-1)).toEqual({ at: 5, sub: 9_999 });
  expect(earlier.at).toBe(5);
});
