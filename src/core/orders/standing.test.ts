import { describe, expect, test } from "vitest";
import { lots, moneyFrom } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, aBracket, anEntry, limitAt } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const DENIED = {
  kind: "denied",
  denial: { rule: "GATE", code: "accountStopped", limit: null, value: ACCOUNT },
};

describe("an account that the venue has stopped", () => {
  test("takes no entries, and a person is told once", () => {
    const desk = new TestDesk();

    const { facts, commands } = say(desk, false);
    const again = say(desk, false);

    const changed = { kind: "standingChanged", accountId: ACCOUNT, canTrade: false, at: desk.now };
    expect(facts).toEqual([changed]);
    expect(commands).toMatchObject([
      { kind: "alert", severity: "critical", code: "accountStopped" },
    ]);
    expect([again.facts, again.commands]).toEqual([[], []]);
    expect(desk.request(anEntry())).toEqual(DENIED);
  });

  test("closes what it holds, and keeps its stop", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, null) });
    say(desk, false);

    const stops = [...desk.state.openOrders.values()].map(({ purpose }) => purpose);
    desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: lots(1) });

    expect(stops).toEqual(["stopLoss"]);
    expect(desk.position()?.qty).toBe(0);
  });

  test("loses its working entries", () => {
    const desk = new TestDesk();
    const id = desk.place({ terms: limitAt(26_400) });

    say(desk, false);

    expect(desk.order(id).status.kind).toBe("canceled");
  });

  test("stays stopped over a restart, without another word", () => {
    const desk = new TestDesk();
    say(desk, false);

    const told = desk.commandsOf(() => {
      desk.restart();
      desk.advance(0);
    });

    expect(told.filter(({ kind }) => kind === "alert")).toEqual([]);
    expect(desk.request(anEntry())).toEqual(DENIED);
  });

  test("takes entries again when the venue says so", () => {
    const desk = new TestDesk();
    say(desk, false);

    const { commands } = say(desk, true);

    expect(commands).toMatchObject([{ kind: "alert", code: "accountReleased" }]);
    expect(desk.request(anEntry()).kind).toBe("accepted");
  });
});

test("what the lists say of the account counts as what its hub says", () => {
  const desk = new TestDesk();

  desk.list({ standing: { canTrade: false, balance: moneyFrom(50_000) } });

  expect(desk.request(anEntry())).toEqual(DENIED);
});

function say(desk: TestDesk, canTrade: boolean) {
  return desk.apply({ kind: "standingReported", at: desk.now, accountId: ACCOUNT, canTrade });
}
