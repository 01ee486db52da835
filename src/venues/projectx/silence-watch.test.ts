import { expect, test } from "vitest";
import type { EpochMs } from "#core/domain/units.ts";
import { GOLD, OPENING } from "#test/kit/builders.ts";
import { ContractBook } from "./contract-book.ts";
import { type Silence, SilenceWatch } from "./silence-watch.ts";

const MINUTE = 60_000;
/** Gold pauses from 16:00 to 17:00 in Chicago; the opening is at 10:00. */
const PAUSE = OPENING + 6 * 60 * MINUTE;

test("a minute without data while the market is open is a silence", () => {
  const watch = listening(OPENING);

  expect([silent(watch, OPENING + 59_000), silent(watch, OPENING + 61_000)]).toEqual([false, true]);
});

test("where a new connection does not help, the next one is later", () => {
  const watch = listening(OPENING);
  silent(watch, OPENING + 61_000);

  expect([silent(watch, OPENING + 3 * MINUTE), silent(watch, OPENING + 4 * MINUTE)]).toEqual([
    false,
    true,
  ]);
});

test("a quiet market is told of once, until it has spoken steadily for ten minutes", () => {
  const watch = listening(OPENING);
  const tradesEvery = (ms: number, from: number, until: number): Silence[] => {
    const found: Silence[] = [];
    for (let at = from; at < until; at += 1_000) {
      if ((at - from) % ms === 0) watch.heard((OPENING + at) as EpochMs, at);
      const silence = watch.look((OPENING + at) as EpochMs, at);
      // A new connection is greeted with the touch.
      if (silence !== "none") watch.heard((OPENING + at) as EpochMs, at);
      if (silence !== "none") found.push(silence);
    }
    return found;
  };

  const thin = tradesEvery(150_000, 0, 30 * MINUTE);
  const busy = tradesEvery(5_000, 30 * MINUTE, 41 * MINUTE);
  const thinAgain = tradesEvery(150_000, 41 * MINUTE, 46 * MINUTE);

  expect(thin).toEqual(["begins", "lasts"]);
  expect(busy).toEqual([]);
  expect(thinAgain).toEqual(["begins", "lasts"]);
});

test("a closed market is quiet, and so is one that has just opened", () => {
  const watch = listening(PAUSE - 30_000);

  expect(silent(watch, PAUSE + 30 * MINUTE)).toBe(false);
  expect(silent(watch, PAUSE + 60 * MINUTE + 30_000)).toBe(false);
  expect(silent(watch, PAUSE + 62 * MINUTE)).toBe(true);
});

test("venue time that runs fast is no silence before some real time has passed", () => {
  const watch = new SilenceWatch(book());
  watch.heard(OPENING, 0);

  expect(watch.look((OPENING + 10 * MINUTE) as EpochMs, 4_000)).toBe("none");
});

function listening(from: number): SilenceWatch {
  const watch = new SilenceWatch(book());
  watch.began(from as EpochMs, from - OPENING);
  return watch;
}

function silent(watch: SilenceWatch, at: number): boolean {
  return watch.look(at as EpochMs, at - OPENING) !== "none";
}

function book(): ContractBook {
  return new ContractBook([{ instrument: GOLD, contractId: "CON.F.US.MGC.J26" }]);
}
