import { describe, expect, test } from "vitest";
import { ACCOUNT, aBracket, anEntry, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

describe("a desk that stops", () => {
  test("cancels entries, keeps protection and takes no new entry", () => {
    const desk = new TestDesk();
    const held = desk.place({ bracket: aBracket(20, null) });
    const entry = desk.place({ terms: limitAt(26_400) });

    desk.apply({ kind: "stopRequested", at: desk.now });
    const denied = desk.request(anEntry({ terms: limitAt(26_410) }));

    expect(desk.order(entry).status).toMatchObject({ kind: "canceled" });
    expect([...desk.state.openOrders.values()]).toMatchObject([
      { parent: held, purpose: "stopLoss", status: { kind: "working" } },
    ]);
    expect(denied).toMatchObject({ denial: { code: "tradingReducing", value: "desk" } });
  });

  test("takes entries again when it is started again", () => {
    const desk = new TestDesk();
    desk.apply({ kind: "stopRequested", at: desk.now });

    desk.restart();
    desk.quote(26_500, 26_501);

    expect(desk.request(anEntry())).toMatchObject({ kind: "accepted" });
  });

  test.each(["reducing", "halted"] as const)("stays %s when a person said so", (state) => {
    const desk = new TestDesk();
    desk.request({ kind: "setTradingState", scope: { kind: "desk" }, state });
    desk.apply({ kind: "stopRequested", at: desk.now });

    desk.restart();

    expect(desk.state.tradingState).toBe(state);
    expect(desk.request({ kind: "flatten", accountId: ACCOUNT })).toMatchObject({
      kind: "accepted",
    });
  });
});
