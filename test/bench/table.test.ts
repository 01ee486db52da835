import { expect, test } from "vitest";
import { type Finding, atMost } from "#bench/measure.ts";
import { TABLE_HEAD, jsonLine, tableRow } from "#bench/table.ts";

const MET = atMost(3, { name: "gate", value: 6, unit: "us p99", floor: 4, note: "of ten" });
const MISSED: Finding = { ...MET, name: "replay-thin-ram", value: 270_290.123, ok: false };

test("findings stand in columns under their names, each above its note", () => {
  const table = [TABLE_HEAD, tableRow(MET), tableRow(MISSED)].join("");

  expect(table.split("\n")).toEqual([
    "      benchmark            value     floor     ratio      goal  unit",
    "ok    gate                  6.00      4.00      1.50      3.00  us p99",
    "      of ten",
    "MISS  replay-thin-ram  270290.12      4.00      1.50      3.00  us p99",
    "      of ten",
    "",
  ]);
});

test("a program reads a finding as one object on one line, without the note", () => {
  const text = jsonLine(MISSED);

  const { note: _note, ...figures } = MISSED;
  expect(text.indexOf("\n")).toBe(text.length - 1);
  expect(JSON.parse(text)).toEqual(figures);
});
