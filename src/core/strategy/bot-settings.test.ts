import { expect, test } from "vitest";
import { readSetting } from "#core/domain/settings.ts";
import { botRisk } from "./bot-settings.ts";

test("the limits of a bot may all be left out", () => {
  expect(readSetting(botRisk, {})).toEqual({
    ok: true,
    value: {
      maxPositions: 10,
      maxDailyLoss: null,
      maxDrawdown: null,
      maxSignalsPerDay: 100,
      tradingHours: "extended",
    },
  });
});

test("they are written like this", () => {
  const written = {
    maxPositions: 1,
    maxDailyLoss: 400,
    maxDrawdown: 1_000.5,
    maxSignalsPerDay: 1,
    tradingHours: "regular",
  };

  expect(readSetting(botRisk, written)).toEqual({
    ok: true,
    value: { ...written, maxDailyLoss: 400_000_000n, maxDrawdown: 1_000_500_000n },
  });
});

test.each([
  { maxPositions: 0 },
  { maxDailyLoss: -1 },
  { maxDrawdown: 0 },
  { maxSignalsPerDay: 0 },
  { tradingHours: "always" },
  { maxLoss: 1 },
])("%j is refused", (written) => {
  expect(readSetting(botRisk, written).ok).toBe(false);
});
