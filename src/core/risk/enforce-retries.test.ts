import { describe, expect, test } from "vitest";
import { instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, aBracket, limitAt } from "#test/kit/builders.ts";
import { aRiskDesk, elsewhere, quoteAt, storyOf } from "#test/kit/risk-desk.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

/** Trades until 13:20 in Chicago, and again from 19:00. */
const CORN = instrumentByRoot("ZC") ?? GOLD;
const FLATTEN = { kind: "flatten", accountId: ACCOUNT } as const;
const CLOSE_GOLD = { kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null } as const;

/** What follows from asking, and from letting time pass, as a story. */
function after(desk: TestDesk, request: typeof FLATTEN | typeof CLOSE_GOLD, ms = 0) {
  const since = desk.steps.length;
  const result = desk.request(request);
  desk.advance(ms);
  return { result, story: storyOf(desk, since) };
}

describe("a close that does not work", () => {
  test("is tried again with growing pauses, told after five, and goes on slowly", () => {
    let isOpen = true;
    const desk = new TestDesk({ venue: { isOpen: () => isOpen } });
    desk.place({ qty: lots(2) });
    isOpen = false;

    const { story } = after(desk, FLATTEN, 22_750);
    isOpen = true;
    const since = desk.steps.length;
    desk.advance(60_000);

    expect(story.filter((line) => line.startsWith("+"))).toEqual([
      "+0",
      "+250",
      "+750",
      "+1750",
      "+3750",
      "+7750",
      "+22750",
    ]);
    expect(story.filter((line) => line === "sell 2 market MGC").length).toBe(7);
    expect(story.slice(-7)).toEqual([
      "+7750",
      "critical closeNotWorking",
      "sell 2 market MGC",
      "rejected k1-7",
      "+22750",
      "sell 2 market MGC",
      "rejected k1-8",
    ]);
    expect(storyOf(desk, since)).toEqual([
      "+37750",
      "sell 2 market MGC",
      "filled sell 2, holds 0",
      "protected",
      "e1 ended",
    ]);
    expect(desk.commands.filter((one) => one.kind === "alert")).toEqual([
      {
        kind: "alert",
        severity: "critical",
        code: "closeNotWorking",
        text: `${ACCOUNT}: closing everything has failed 5 times; trying every 15 s. Do it at the venue`,
      },
    ]);
  });

  test("is not sent again while its fate is unknown", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2) });
    desk.orders = (command) => (command.kind === "submitOrder" ? "lose" : "send");

    const { story } = after(desk, FLATTEN, 3_000);
    desk.orders = () => "send";
    const since = desk.steps.length;
    desk.advance(5_000);

    expect(story).toEqual([
      "+0",
      "sell 2 market MGC",
      "+2000",
      "warning orderUnconfirmed",
      "ask the venue",
    ]);
    expect(storyOf(desk, since)).toEqual([
      "+4000",
      "ask the venue",
      "warning orderMissing",
      "sell 2 market MGC",
      "filled sell 2, holds 0",
      "protected",
      "e1 ended",
    ]);
  });

  test("that has filled in part is waited for", () => {
    const fillModel = { limitFill: "touch", marketDepth: "touch", participation: 1 } as const;
    const desk = new TestDesk({ venue: { fillModel: { ...fillModel, slippage: () => 0 } } });
    desk.place({ qty: lots(15) });
    desk.trade(26_501, { qty: 5 });

    const { story } = after(desk, FLATTEN, 5_000);
    const partly = desk.position()?.qty;
    desk.trade(26_500, { qty: 5 });

    expect(story).toEqual(["+0", "sell 15 market MGC", "filled sell 10, holds 5"]);
    expect(partly).toBe(5);
    expect(desk.position()?.qty).toBe(0);
    expect(desk.state.enforcements.size).toBe(0);
  });

  test("goes on where it was after a restart", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(2), bracket: aBracket(50, 60) });
    desk.orders = () => "lose";
    desk.request(FLATTEN);
    desk.orders = () => "send";
    const since = desk.steps.length;

    desk.restart();
    desk.advance(10_000);

    expect(storyOf(desk, since)).toEqual([
      "+0",
      "ask the venue",
      "+2000",
      "ask the venue",
      "warning orderMissing",
      "sell 2 market MGC",
      "filled sell 2, holds 0",
      "cancel k1-2",
      "cancel k1-3",
      "e1 ended",
    ]);
  });

  test("waits where the market is shut, says so once, and is sent when it opens", () => {
    const desk = aRiskDesk();
    desk.advance(6 * 3_600_000 - 1_000);
    quoteAt(desk, 26_500);
    desk.place({ qty: lots(2) });
    desk.advance(5_000);

    const { story } = after(desk, FLATTEN, 3_600_000 + 15_000);

    expect(story).toEqual([
      "+21604000",
      "critical closeWaits",
      "+25204000",
      "sell 2 market MGC",
      "filled sell 2, holds 0",
      "protected",
      "e1 ended",
    ]);
    expect(desk.state.enforcements.size).toBe(0);
  });

  test("does not keep what trades from being closed", () => {
    const desk = new TestDesk({ session: { instruments: [GOLD, CORN] } });
    desk.quote(400, 401, CORN.id);
    desk.place({ instrument: CORN.id });
    desk.place();
    desk.advance(4 * 3_600_000);

    const { story } = after(desk, FLATTEN, 15_000);
    const since = desk.steps.length;
    desk.advance(5 * 3_600_000);

    expect(story).toEqual([
      "+14400000",
      "critical closeWaits",
      "sell 1 market MGC",
      "filled sell 1, holds 0",
      "protected",
    ]);
    expect(storyOf(desk, since)).toEqual([
      "+32400250",
      "sell 1 market ZC",
      "filled sell 1, holds 0",
      "protected",
      "e1 ended",
    ]);
  });
});

describe("a position that appears again", () => {
  test("while the rest is canceled is closed as well", () => {
    const desk = aRiskDesk();
    desk.place({ qty: lots(1), bracket: aBracket(50, null) });
    desk.orders = (command) => (command.kind === "cancelOrder" ? "lose" : "send");
    after(desk, FLATTEN, 100);
    const since = desk.steps.length;

    elsewhere(desk, "buy", 2);
    const story = storyOf(desk, since);
    desk.orders = () => "send";
    desk.advance(60_000);

    expect(story.slice(0, 3)).toEqual(["+100", "filled buy 2, holds 2", "unprotected"]);
    expect(story).toContain("sell 2 market MGC");
    expect(desk.position()?.qty).toBe(0);
    expect(desk.state.enforcements.size).toBe(0);
  });
});

describe("orders that do not go away", () => {
  test("are asked for again after the venue was asked, with growing pauses", () => {
    const desk = aRiskDesk();
    desk.place({ terms: limitAt(26_300) });
    desk.orders = (command) => (command.kind === "cancelOrder" ? "lose" : "send");

    const { story } = after(desk, FLATTEN, 12_500);
    desk.orders = () => "send";
    const since = desk.steps.length;
    desk.advance(20_000);

    expect(story.filter((line) => line === "cancel k1-1").length).toBeGreaterThan(2);
    expect(story.every((line) => !/closeNotWorking/u.test(line))).toBe(true);
    expect(storyOf(desk, since)).toContain("e1 ended");
    expect(desk.state.openOrders.size).toBe(0);
  });
});
