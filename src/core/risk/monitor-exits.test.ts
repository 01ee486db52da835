import { describe, expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import { GOLD, aBracket, limitAt, stopAt } from "#test/kit/builders.ts";
import { aRiskDesk, elsewhere } from "#test/kit/risk-desk.ts";

describe("exits that outlive their position", () => {
  test.each([
    ["a target", limitAt(26_600)],
    ["a stop", stopAt(26_400)],
  ])("%s of ours goes when the position is closed by something else", (_what, terms) => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2), bracket: aBracket(30, null) });
    const exit = desk.place({ side: "sell", qty: lots(1), reduceOnly: true, terms });

    desk.trade(26_470);

    expect(desk.position()?.qty).toBe(0);
    expect(desk.order(exit).status.kind).toBe("canceled");
    expect(desk.state.openOrders.size).toBe(0);
  });

  test("one goes as well when the position has turned over, and stays while there is something to exit", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(3) });
    const terms = limitAt(26_600);
    const exit = desk.place({ side: "sell", qty: lots(1), reduceOnly: true, terms });

    desk.place({ side: "sell", qty: lots(2) });
    const kept = desk.order(exit).status.kind;
    desk.place({ side: "sell", qty: lots(3) });

    expect(kept).toBe("working");
    expect(desk.position()?.qty).toBe(-2);
    expect(desk.order(exit).status.kind).toBe("canceled");
  });

  test("one from elsewhere is left to whoever placed it", () => {
    const desk = aRiskDesk({ arming: "guard" });
    elsewhere(desk, "buy", 1);
    elsewhere(desk, "sell", 1, { terms: limitAt(26_600) });
    desk.reconcile();

    elsewhere(desk, "sell", 1);
    desk.reconcile();

    expect([...desk.state.openOrders.values()].map(({ status }) => status.kind)).toEqual([
      "working",
    ]);
    expect(desk.position(GOLD.id)?.qty).toBe(0);
  });
});
