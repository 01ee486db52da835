import { describe, expect, test } from "vitest";
import { epochMs, lots } from "#core/domain/units.ts";
import {
  ACCOUNT,
  bracketOf,
  cancelOf,
  limitAt,
  modifyOf,
  stopAt,
  submitOf,
  VenueScenario,
} from "./venue-scenario.ts";

describe("of two legs", () => {
  test("one that fills cancels the other", () => {
    const stopped = aFilledEntry(2).trade(91).trade(130, 9);
    const paid = aFilledEntry(2).trade(122, 9).trade(80);

    expect(afterEntry(stopped)).toEqual([
      "0 A-SL filled 2 @ 91",
      "0 A-TP canceled after 0: the other leg filled",
    ]);
    expect(afterEntry(paid)).toEqual([
      "0 A-TP filled 2 @ 121",
      "0 A-SL canceled after 0: the other leg filled",
    ]);
  });

  test("one that fills in part takes as much from the other", () => {
    const scenario = aFilledEntry(3).at(1).trade(122, 1).at(2).trade(91);

    expect(afterEntry(scenario)).toEqual([
      "1 A-TP filled 1 @ 121",
      "1 A-SL modified 2 stop 91",
      "2 A-SL filled 2 @ 91",
      "2 A-TP canceled after 1: the other leg filled",
    ]);
  });

  test("one that was canceled leaves the other", () => {
    const scenario = aFilledEntry(1).send(cancelOf("A-TP")).at(1).trade(91);

    expect(afterEntry(scenario)).toEqual([
      "0 A-TP canceled after 0: canceled on request",
      "1 A-SL filled 1 @ 91",
    ]);
  });

  test("one that was made smaller cancels the other when it has filled", () => {
    const scenario = aFilledEntry(3)
      .send(modifyOf("A-SL", 1, stopAt(91)))
      .at(1)
      .trade(91);

    expect(afterEntry(scenario).slice(1)).toEqual([
      "1 A-SL filled 1 @ 91",
      "1 A-TP canceled after 0: the other leg filled",
    ]);
  });

  test("one that was made larger ends the smaller before it is used up", () => {
    const scenario = aFilledEntry(2)
      .send(modifyOf("A-TP", 5, limitAt(121)))
      .at(1)
      .trade(122, 2);

    expect(afterEntry(scenario).slice(1)).toEqual([
      "1 A-TP filled 2 @ 121",
      "1 A-SL canceled after 0: the other leg filled",
    ]);
  });
});

describe("legs after their position was closed otherwise", () => {
  test("stay, and open a new one, where they are plain orders", () => {
    const scenario = aFilledEntry(1)
      .send(submitOf("CLOSE", { side: "sell" }))
      .at(1)
      .trade(91);

    const { positions } = scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(1));

    expect(positions.map(({ qty }) => qty)).toEqual([-1]);
  });

  test("end without a fill where they are reduce-only", () => {
    const scenario = new VenueScenario({ bracketLegs: "reduceOnly" }).quote(99, 101);
    scenario.send(submitOf("A", { bracket: bracketOf(10, 20) }));

    scenario
      .send(submitOf("CLOSE", { side: "sell" }))
      .at(1)
      .trade(91);

    expect(scenario.told("A-SL").at(-1)).toBe(
      "1 A-SL canceled after 0: reduce only: there is no position left to reduce",
    );
    expect(scenario.venue.snapshot(ACCOUNT, epochMs(0), epochMs(1)).positions).toEqual([]);
  });
});

test("a leg stands behind what came to its price before its entry filled", () => {
  const scenario = new VenueScenario().quote(99, 101);
  scenario.send(submitOf("A", { terms: limitAt(95), bracket: bracketOf(10, 20) }));
  scenario.send(submitOf("B", { side: "sell", terms: limitAt(115) }));

  scenario.at(1).trade(94).at(2).trade(116, 1);

  expect(scenario.told().at(-1)).toBe("2 B filled 1 @ 115");
});

test("a leg fills though its entry was forgotten", () => {
  const scenario = aFilledEntry(1).at(10);

  scenario.venue.forget(epochMs(10));
  scenario.trade(91);

  expect(afterEntry(scenario)).toEqual([
    "10 A-SL filled 1 @ 91",
    "10 A-TP canceled after 0: the other leg filled",
  ]);
});

/** Long at 101, stop at 91, target at 121. */
function aFilledEntry(qty: number): VenueScenario {
  const entry = submitOf("A", { qty: lots(qty), bracket: bracketOf(10, 20) });
  return new VenueScenario().quote(99, 101).send(entry);
}

/** What was told after the entry had filled and its two legs worked. */
function afterEntry(scenario: VenueScenario): readonly string[] {
  return scenario.told().slice(6);
}
