import { expect, test } from "vitest";
import { LineReader } from "./line-reader.ts";

test("lines come out whole however the text was cut", () => {
  const reader = new LineReader();

  const lines = ["ab", "c\nd", "\n\ne\nf"].map((chunk) => reader.take(chunk));

  expect(lines).toEqual([[], ["abc"], ["d", "e"]]);
});

test("a line that does not end in time is too long", () => {
  const reader = new LineReader(3);

  reader.take("ab\ncde");
  const before = reader.isTooLong;
  reader.take("f");

  expect([before, reader.isTooLong]).toEqual([false, true]);
});
