import { expect, test } from "vitest";
import { instrumentId } from "#core/domain/ids.ts";
import { QUOTE_ROW, TRADE_ROW, emptyTickBlock } from "./tick-block.ts";
import { TickRows } from "./tick-rows.ts";

test("rows are shown as what they are", () => {
  const block = emptyTickBlock(2);
  block.kind.set([TRADE_ROW, QUOTE_ROW]);
  block.at.set([1_000, 2_000]);
  block.instrument.set([1, 0]);
  const rows = new TickRows([instrumentId("MES"), instrumentId("MGC")]);

  const shown = [0, 1].map((row) => {
    const { kind, at, instrument } = rows.at(block, row);
    return [kind, at, instrument];
  });

  expect(shown).toEqual([
    ["tradeTick", 1_000, "MGC"],
    ["quote", 2_000, "MES"],
  ]);
});

test("market data without an instrument shows nothing", () => {
  expect(() => new TickRows([])).toThrow("at least one instrument");
});
